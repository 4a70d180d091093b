"""One step of a recurrent network by hand, for attacks on torch and on Forbids."""

import numpy as np

from autograder import Close, Finite, Forbids, Limit, Part, Question, Shape, Text


def step(x, h, w, u):
    """Return tanh(x Wᵀ + h Uᵀ), shape (5, 4), of tensors x (5, 3), h (5, 4), w (4, 3) and u (4, 4)."""
    raise NotImplementedError


def step_anyhow(x, h, w, u):
    """Return the same as step; everything is allowed."""
    raise NotImplementedError


def given(seed, profile):
    random = np.random.default_rng(seed)
    sizes = {"x": (5, 3), "h": (5, 4), "w": (4, 3), "u": (4, 4)}
    return {name: random.normal(size=size).astype(np.float32) for name, size in sizes.items()}


def measure(step, given):
    import torch

    from autograder.probing.arrays import to_numpy

    tensors = {name: torch.from_numpy(given[name]) for name in ("x", "h", "w", "u")}
    return {"h": to_numpy(step(**tensors), "step(...)")}


def probe_step(student, given, device):
    return measure(student.step, given)


def probe_step_anyhow(student, given, device):
    return measure(student.step_anyhow, given)


CHECKS = [Shape("h", (5, 4)), Finite("h"), Close("h", atol=1e-5, points=4)]
FORBIDDEN = [
    *("torch.nn.RNN", "torch.nn.RNNCell", "torch.rnn_tanh_cell", "torch.rnn_tanh"),
    *("torch._VF", "torch._C", "torch.ops", "torch.jit"),
]


QUESTION = Question(
    title=Text(ko="순환신경망 한 걸음", en="A recurrent step"),
    framework="torch",
    given=given,
    seed=2,
    pool=2,
    interface=[step, step_anyhow],
    setup=Limit(seconds=60),
    parts=[
        Part(
            name="step",
            points=4,
            statement=Text(ko="한 걸음을 직접 계산하라.", en="Compute one step by hand."),
            probe=probe_step,
            limit=Limit(seconds=60),
            checks=[Forbids("built in", names=FORBIDDEN), *CHECKS],
        ),
        Part(
            name="step_anyhow",
            points=4,
            statement=Text(ko="한 걸음을 계산하라.", en="Compute one step."),
            probe=probe_step_anyhow,
            limit=Limit(seconds=60),
            checks=CHECKS,
        ),
    ],
)
