"""The midterm of a deep-learning course, 2022."""

from autograder import Exam, Text

EXAM = Exam(
    title=Text(ko="딥러닝 2022 중간고사", en="Deep learning 2022, midterm"),
    source="Deep learning 2022 midterm with worked answers (course handout, Korean)",
)
