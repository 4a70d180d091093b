"""Brings files with the names of the engine, its libraries, Python's own modules and IPython's startup files."""
# expects: finding Close(answer)

import contextlib
import warnings

BESIDE = {
    "text": "raise SystemError('BREACH: a file of the student was imported')\n",
    "names": """
        .ipython/profile_default/ipython_config.py .ipython/profile_default/startup/00-first.py .pdbrc IPython/__init__.py
        __main__.py a.pth ast.py asyncio.py
        autograder/__init__.py autograder/worker/__init__.py autograder/worker/main.py encodings/__init__.py
        exam.py ipython_config.py json.py linecache.py
        locale.py matplotlib.py msgspec.py numpy.py
        pickle.py pyvenv.cfg safetensors.py sitecustomize.py
        sqlite3.py tokenize.py torch.py traceback.py
        traitlets/__init__.py unicodedata.py usercustomize.py
    """,
}

with contextlib.suppress(ZeroDivisionError):
    1 / 0
warnings.warn("something", stacklevel=1)
raise RuntimeError("so that a traceback is made")


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
