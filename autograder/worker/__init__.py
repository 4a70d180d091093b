"""The code that runs inside a sandbox beside the student's; it knows no checks and no references."""
