"""Pictures for feedback, declared by a part: what its code did, and beside it what the solution does.

Every kind is a frozen dataclass with functions ``(evidence, inputs)``, as equations have them. The same
function is applied to the student's evidence and to the solution's. Words in a picture are few and English;
the caption is in both languages. Nothing that a student wrote is drawn as text.
"""

from autograder.pictures.canvas import DrawingError
from autograder.pictures.curves import Curves, Panels
from autograder.pictures.fit import LossPath
from autograder.pictures.images import Confusion, ContactSheet, Overlay
from autograder.pictures.matrix import Matrix

__all__ = ["Confusion", "ContactSheet", "Curves", "DrawingError", "LossPath", "Matrix", "Overlay", "Panels"]
