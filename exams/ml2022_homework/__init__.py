"""The homework of a special-topics course on machine learning, week 6, 2022."""

from autograder import Exam, Text

EXAM = Exam(
    title=Text(
        ko="기계학습 특강 2022 과제 (6주차)", en="Special topics in machine learning 2022, homework (week 6)"
    ),
    source="Special topics in machine learning 2022, homework of week 6 with worked answers (course handout, Korean)",
)
