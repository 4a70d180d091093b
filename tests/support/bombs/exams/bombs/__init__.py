"""An exam that judges in every way that the size of an answer may make slow."""

from autograder import Exam, Text

EXAM = Exam(title=Text("bombs", "bombs"), source="benchmarks/bombs.py")
