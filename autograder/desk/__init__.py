"""The local server: essays graded side by side, and a run watched while it is under way."""
