"""Everything from a question to its attempts: jobs and their keys, references, executors."""
