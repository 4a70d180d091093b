"""What stands for otter in the released notebooks of a course that was imported from it."""
