"""From a question to attempts: jobs and their keys, references, and the executors that run jobs."""
