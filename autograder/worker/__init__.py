"""What runs inside a sandbox beside the student's code; it knows no checks and no references."""
