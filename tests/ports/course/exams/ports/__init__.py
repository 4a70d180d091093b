"""Questions as other courses ask them, written from the mathematics in the shortest form there is."""

from autograder import Exam, Text

EXAM = Exam(title=Text(en="Questions from elsewhere"), source="the mathematics")
