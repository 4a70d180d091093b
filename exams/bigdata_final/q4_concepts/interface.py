from __future__ import annotations

CONV_SHAPE: tuple[int, ...] | None = None  # the shape that comes out, batch axis included
FLATTEN_SHAPE: tuple[int, ...] | None = None  # the shape that comes out, batch axis included
MODEL_STATEMENTS: list[str] | None = None  # who is right: names out of hayoung, jaein, seoyeon, gyubin
FIT_STATEMENTS: list[str] | None = None  # who is right: names out of jaein, seoyeon, gyubin, hayoung
CNN_STATEMENTS: list[bool] | None = None  # five answers, True or False, in the order of the statements
