"""What a question is written in, and on which data it is run."""

from __future__ import annotations

from typing import Literal

Framework = Literal["python", "torch", "fastai", "tensorflow"]
Profile = Literal["mini", "full"]
