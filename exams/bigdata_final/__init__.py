"""The final of a course on big-data analysis with TensorFlow."""

from autograder import Exam, Text

EXAM = Exam(
    title=Text(ko="빅데이터분석 특강 기말고사", en="Topics in big-data analysis, final"),
    source="Topics in big-data analysis final with worked answers (course handout, Korean)",
)
