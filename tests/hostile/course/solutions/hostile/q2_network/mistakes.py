"""The mistakes that students make: the recurrent step."""

from autograder import Mistake, Text

MISTAKES = [
    Mistake(
        name="tanh_missing",
        explanation=Text(ko="tanh를 빠뜨렸습니다.", en="The tanh is missing."),
        loses=frozenset({"step", "step_anyhow", "step_by_hand"}),
        edits=[("torch.tanh(x @ w.T + h @ u.T)", "x @ w.T + h @ u.T")],
    )
]
