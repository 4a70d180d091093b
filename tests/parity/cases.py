"""What students hand in: one answer per framework, in many ways that pass, or fail, in a real Jupyter kernel.

A case is made from a question's right answer. ``{answers}`` in a cell stands for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

COURSE = Path(__file__).parent / "course"
QUESTIONS = ("q1_numbers", "q2_torch", "q3_keras")
PARTS = {"q1_numbers": ("scaled", "spread", "answer", "drawn"), "q2_torch": ("gradient", "trained"),
         "q3_keras": ("softmax", "network")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One submission.

    Attributes:
        name: of the student.
        question: which question it answers.
        cells: of the notebook; for a module, its text.
        files: what else is handed in, by path.
        module: whether it is a ``.py`` file.
        document: what the notebook's JSON has instead of what nbformat writes.
        breaks: whether a cell raises on purpose.
    """

    name: str
    question: str
    cells: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict)
    module: bool = False
    document: str = "plain"

    def write(self, folder: Path) -> None:
        """Write the file and what stands beside it into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if self.module:
            (folder / f"{self.question}.py").write_text("\n".join(self.cells), encoding="utf-8")
        else:
            (folder / f"{self.question}.ipynb").write_bytes(DOCUMENTS[self.document](self.cells))


def _plain(cells: tuple[str, ...]) -> bytes:
    found = [
        {
            "cell_type": "code",
            "id": f"c{n}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": cell,
        }
        for n, cell in enumerate(cells)
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": found, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


def _bare(cells: tuple[str, ...]) -> bytes:
    found = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell}
        for cell in cells
    ]
    return json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}).encode()


def _third(cells: tuple[str, ...]) -> bytes:
    found = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "collapsed": False,
            "language": "python",
            "input": cell,
        }
        for cell in cells
    ]
    sheet = {"cells": found, "metadata": {}}
    return json.dumps(
        {"worksheets": [sheet], "metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0}
    ).encode()


def _colab(cells: tuple[str, ...]) -> bytes:
    document = json.loads(_plain(cells))
    document["metadata"] = {
        "colab": {"provenance": []},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    document["cells"].insert(0, {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# title"]})
    return b"\xef\xbb\xbf" + json.dumps(document, indent=1).encode()


DOCUMENTS = {"plain": _plain, "bare": _bare, "third": _third, "colab": _colab}


def answers(question: str) -> str:
    """Return the solution's text."""
    return (COURSE / "solutions/parity" / question / "solution.py").read_text(encoding="utf-8")


# Cells around the answers: every way passes in Jupyter, with every framework.
ROUND: dict[str, tuple[str, ...]] = {
    "one_cell": ("{answers}",),
    "matplotlib_inline": ("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()", "{answers}"),
    "timed_cell": ("%%time\n{answers}",),
    "captured": ("%%capture\n{answers}",),
    "awaits": ("import asyncio\nawait asyncio.sleep(0)\n{answers}",),
    "written_and_imported": ("%%writefile my_answers.py\n{answers}", "from my_answers import *"),
    "written_and_run": ("%%writefile my_answers.py\n{answers}", "%run my_answers.py"),
    "main_guard": ("{answers}", "if __name__ == '__main__':\n    RUN = 1"),
    "in_colab": ("IN_COLAB = 'google.colab' in str(get_ipython())\n{answers}",),
    "autoreload": ("%load_ext autoreload\n%autoreload 2\n{answers}",),
    "widgets": ("from tqdm.notebook import tqdm\nfor _ in tqdm(range(3)): pass\nimport ipywidgets\ndisplay(ipywidgets.IntSlider())", "{answers}"),
    "a_cell_raises": ("1 / 0", "{answers}"),
    "a_cell_does_not_parse": ("def broken(:", "{answers}"),
    "exits": ("import sys\ntry:\n    sys.exit()\nexcept SystemExit:\n    pass", "{answers}"),
    "prints_much": ("for i in range(30_000):\n    print('epoch', i, 'loss', 0.123456789, 'accuracy', 0.98)", "{answers}"),
    "folder_and_file": ("import os\nos.makedirs('out', exist_ok=True)\nopen('out/log.txt', 'w').write('x')", "%cd out", "assert open('log.txt').read() == 'x'\n{answers}"),
    "home_and_tmp": ("import os, pathlib\n(pathlib.Path.home() / 'parity.txt').write_text('x')\npathlib.Path('/tmp/parity.txt').write_text('x')", "{answers}"),
    "pickled": ("import pickle\nclass Settings:\n    pass\npickle.loads(pickle.dumps(Settings()))", "{answers}"),
    "last_value": ("40 + 2", "assert _ == 42\n{answers}"),
    "warnings_are_errors": ("{answers}", "import warnings\nwarnings.simplefilter('error')"),
    "numpy_raises": ("{answers}", "import numpy as np\nnp.seterr(all='raise')\nnp.set_printoptions(precision=1)"),
    "styled": ("{answers}", "import matplotlib.pyplot as plt\nplt.style.use('ggplot')\nplt.rcParams['figure.figsize'] = (3, 2)"),
    "redefined": ("def scaled(*_): return None\ndef gradient(*_): return None\ndef softmax(*_): return None", "{answers}"),
}  # fmt: skip

ONLY: list[tuple[str, str, tuple[str, ...]]] = [
    ("q1_numbers", "displays", ("{answers}", "def spread(values):\n    display(values)\n    return max(values) - min(values)")),
    ("q1_numbers", "timed_value", ("{answers}", "%time ANSWER = 'yes'")),
    ("q1_numbers", "answer_in_guard", ("{answers}", "ANSWER = ''", "if __name__ == '__main__':\n    ANSWER = 'yes'")),
    ("q1_numbers", "awaited_answer", ("{answers}", "async def ask():\n    return 'yes'", "ANSWER = await ask()")),
    ("q1_numbers", "wrong_answer", ("{answers}", "ANSWER = 'no'")),
    ("q1_numbers", "wrong_scale", ("{answers}", "def scaled(values, factor): return values")),
    ("q1_numbers", "raises_inside", ("{answers}", "def spread(values): return values['a']")),
    ("q1_numbers", "missing", ("{answers}", "del spread")),
    ("q2_torch", "float64", ("{answers}", "torch.set_default_dtype(torch.float64)")),
    ("q2_torch", "anomaly", ("{answers}", "torch.autograd.set_detect_anomaly(True)")),
    ("q2_torch", "whole_model_saved", ("{answers}", "class Net(torch.nn.Module):\n    pass\ntorch.save(Net(), 'net.pt')\ntorch.load('net.pt', weights_only=False)")),
    ("q2_torch", "threads_and_seed", ("torch = __import__('torch')\ntorch.set_num_threads(2)\ntorch.manual_seed(3)", "{answers}")),
    ("q2_torch", "no_grad_inside", ("{answers}", "def trained(X, y, lr, steps):\n    weight = torch.zeros(3)\n    for _ in range(steps):\n        g = gradient(weight, X, y)\n        torch.set_grad_enabled(False)\n        weight = weight - lr * g\n        torch.set_grad_enabled(True)\n    return weight")),
    ("q2_torch", "wrong_sign", ("{answers}", "def trained(X, y, lr, steps):\n    return -torch.ones(3)")),
    ("q3_keras", "eager_functions", ("{answers}", "tf.config.run_functions_eagerly(True)")),
    ("q3_keras", "functional", ("{answers}", "def network():\n    x = tf.keras.Input((4,))\n    h = tf.keras.layers.Dense(8, 'relu')(x)\n    return tf.keras.Model(x, tf.keras.layers.Dense(3, 'softmax')(h))")),
    ("q3_keras", "wrong_axis", ("{answers}", "def softmax(logits):\n    return tf.nn.softmax(logits, axis=0)")),
]  # fmt: skip

HELPER = b"LIMIT = 3\n\ndef helped():\n    return 'yes'\n"


def cases() -> list[Case]:
    """Return all cases, whose names are unique."""
    found = []
    for question in QUESTIONS:
        text = answers(question)
        chosen = (
            ROUND
            if question == "q1_numbers"
            else dict(list(ROUND.items())[:: 2 if question == "q2_torch" else 4])
        )
        for name, cells in chosen.items():
            filled = tuple(cell.replace("{answers}", text) for cell in cells)
            found.append(Case(f"{question}-{name}", question, filled))
        for kind in ("bare", "third", "colab"):
            found.append(Case(f"{question}-{kind}", question, tuple(text.split("\n\n\n")), document=kind))
        files = {"my_helpers.py": HELPER, "nets/layers.py": b"DEPTH = 2\n", "data/rows.txt": b"1 2 3"}
        cell = "from my_helpers import *\nimport nets.layers\nassert len(open('data/rows.txt').read()) == 5\nassert helped() == 'yes'"
        found.append(Case(f"{question}-helpers", question, (cell, text), files))
        found.append(Case(f"{question}-module", question, (text,), module=True))
        found.append(
            Case(
                f"{question}-module_with_helper",
                question,
                ("from my_helpers import *", text),
                files,
                module=True,
            )
        )
    for question, name, cells in ONLY:
        filled = tuple(cell.replace("{answers}", answers(question)) for cell in cells)
        found.append(Case(f"{question}-{name}", question, filled))
    return found
