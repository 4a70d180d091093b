"""From evidence to verdicts, and what the verdicts of a class say: pure, no file and no process."""
