"""Pictures that a part declares for feedback: the student's evidence beside the solution's."""

from autograder.pictures.canvas import DrawingError
from autograder.pictures.curves import Curves, Panels
from autograder.pictures.fit import LossPath
from autograder.pictures.images import Confusion, ContactSheet, Overlay
from autograder.pictures.matrix import Matrix

__all__ = ["Confusion", "ContactSheet", "Curves", "DrawingError", "LossPath", "Matrix", "Overlay", "Panels"]
