"""The commands, by their users: students, instructors with a class, authors of courses."""
