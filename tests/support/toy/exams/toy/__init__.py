"""A small exam without any framework, for tests of the engine: a worker starts in a fraction of a second."""

from autograder import Exam, Text

EXAM = Exam(title=Text(ko="연습 시험", en="Toy exam"), source="written for the tests of the engine")
