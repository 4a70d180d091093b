"""An exam for attackers: right answers are easy to give, and there is something to steal."""

from autograder import Exam, Text

EXAM = Exam(title=Text(ko="공격 시험", en="An exam under attack"), source="written for tests/test_hostile.py")
