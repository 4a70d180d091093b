"""The work of a command from start to end: grade, rescore, verify, compare versions, demo, new question."""
