"""The final of a deep-learning course, 2022."""

from autograder import Exam, Text

EXAM = Exam(
    title=Text(ko="딥러닝 2022 기말고사", en="Deep learning 2022, final"),
    source="Deep learning 2022 final with worked answers (course handout, Korean)",
)
