"""What a command does from beginning to end: grade, rescore, verify, compare versions, demo, new question."""
