"""The commands, by who uses them: students, instructors with a class, authors of courses."""
