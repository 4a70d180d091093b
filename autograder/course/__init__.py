"""What stands in a course's folder, read as files: exams, questions, submissions, datasets, templates."""
