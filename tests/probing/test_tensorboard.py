"""What TensorBoard's own writer wrote is read back; in a process of its own, because it may load TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

WRITE_AND_READ = """
import json, sys
import tensorflow as tf
from tensorboard.plugins.hparams import api as hp
from autograder.probing.tensorboard import curves, hyperparameters

folder = sys.argv[1]
with tf.summary.create_file_writer(folder + "/train").as_default():
    for step, value in [(0, 2.5), (1, 1.25), (2, 0.5)]:
        tf.summary.scalar("epoch_loss", value, step=step)
    tf.summary.text("note", "not a number", step=0)
with tf.summary.create_file_writer(folder + "/hp_6_16").as_default():
    hp.hparams({"n1": 6, "n2": 16})
found = {name: [steps.tolist(), values.tolist()] for name, (steps, values) in curves(folder).items()}
print(json.dumps([found, hyperparameters(folder), curves(folder + "/empty")]))
"""


@pytest.mark.verify
def test_scalars_and_hyperparameters_are_read_from_event_files(tmp_path):
    command = [sys.executable, "-c", WRITE_AND_READ, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found, recorded, empty = json.loads(result.stdout.splitlines()[-1])
    assert found == {"train/epoch_loss": [[0, 1, 2], [2.5, 1.25, 0.5]]}
    assert recorded == {"hp_6_16": {"n1": 6.0, "n2": 16.0}}
    assert empty == {}
