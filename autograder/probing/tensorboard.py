"""Worker side: reads back the numbers that a run wrote to TensorBoard's event files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograder.core.evidence import Array, Json

_HPARAMS = "_hparams_/session_start_info"


def curves(log_dir: str | Path) -> dict[str, tuple[Array, Array]]:
    """Return every scalar under a log folder: ``{"train/epoch_loss": (steps, values)}``.

    The name is the run, which is the folder of the event files within ``log_dir``, and the tag; it is the tag
    alone for files in ``log_dir`` itself. Steps are int64 and values float64, both (k,), in the order of
    writing: two trainings that share a folder show as steps that start again.
    """
    found = {}
    for run, events in _runs(Path(log_dir)):
        for tag in events.Tags()["tensors"]:
            if events.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
                found[_join(run, tag)] = _curve(events.Tensors(tag))
        for tag in events.Tags()["scalars"]:  # as torch's SummaryWriter and TensorFlow 1 write them
            points = events.Scalars(tag)
            found[_join(run, tag)] = (
                np.array([point.step for point in points], np.int64),
                np.array([point.value for point in points], np.float64),
            )
    return found


def hyperparameters(log_dir: str | Path) -> dict[str, dict[str, Json]]:
    """Return what every run recorded for the HParams dashboard: ``{"hp_6_16": {"n1": 6.0, "n2": 16.0}}``."""
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    found = {}
    for run, events in _runs(Path(log_dir)):
        if _HPARAMS in events.Tags()["tensors"]:
            content = events.SummaryMetadata(_HPARAMS).plugin_data.content
            recorded = HParamsPluginData.FromString(content).session_start_info.hparams
            found[run] = {name: _plain(value) for name, value in recorded.items()}
    return found


def _runs(log_dir: Path) -> Iterator[tuple[str, Any]]:
    """Yield (folder within ``log_dir``, loaded EventAccumulator) of every folder with event files, sorted."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for folder in sorted({path.parent for path in log_dir.rglob("*tfevents*")}):
        events = EventAccumulator(str(folder), size_guidance={"tensors": 0, "scalars": 0})  # 0: keep all
        run = folder.relative_to(log_dir).as_posix()
        yield "" if run == "." else run, events.Reload()


def _curve(points: Any) -> tuple[Array, Array]:
    from tensorboard.util.tensor_util import make_ndarray

    values = [float(make_ndarray(point.tensor_proto).reshape(-1)[0]) for point in points]
    return np.array([point.step for point in points], np.int64), np.array(values, np.float64)


def _plain(value: Any) -> Json:
    kind = value.WhichOneof("kind")
    return None if kind is None else getattr(value, kind)


def _join(run: str, tag: str) -> str:
    return f"{run}/{tag}" if run else tag
