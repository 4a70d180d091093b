"""Three small questions, one a framework, which every way of writing a notebook is tried on."""

from autograder import Exam, Text

EXAM = Exam(title=Text("같은 판정", "Parity"), source="written for the tests")
