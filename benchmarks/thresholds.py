"""Measures the test accuracy of a network over seeds, to set a threshold that right solutions reach.

    python benchmarks/thresholds.py dnn_10_epochs --data DIR --seeds 20 --output data/measured/bigdata_final

This trains one of RUNS on the official Fashion-MNIST with seeds 0, 1, ... and writes the test accuracies,
their mean and standard deviation, and the lower one-sided tolerance bound: with confidence 0.95 a share of
0.99 of all seeds is above it if accuracies are normally distributed. It also writes the share of seeds that
is above the minimum accuracy with the same confidence, whatever the distribution.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from autograder.worker.datasets import Dataset, read

SHARE, CONFIDENCE = 0.99, 0.95
RUNS = {
    "dnn_10_epochs": {"network": "dnn", "epochs": 10, "batch_size": 200},
    "dnn_50_epochs_split": {"network": "dnn", "epochs": 50, "batch_size": 200, "validation_split": 0.2},
    "lenet_5_epochs": {"network": "lenet", "epochs": 5, "batch_size": 32},
}


def layers_of(network: str) -> list[Any]:
    """Return the layers of the network in question 1 (``dnn``) or question 2 of the document."""
    from keras import layers

    if network == "dnn":
        hidden = [layers.Flatten(), layers.Dense(20, "relu"), layers.Dense(30, "relu")]
    else:
        hidden = [layers.Conv2D(6, 5, activation="relu"), layers.MaxPool2D()]
        hidden += [layers.Conv2D(16, 5, activation="relu"), layers.MaxPool2D()]
        hidden += [layers.Flatten(), layers.Dense(120, "relu"), layers.Dropout(0.2)]
    return [*hidden, layers.Dense(10, "softmax")]


def train(run: dict[str, Any], data: Dataset, seed: int) -> float:
    """Train a network on raw pixels 0..255 and return the test accuracy."""
    import keras

    settings = {name: value for name, value in run.items() if name != "network"}
    keras.utils.set_random_seed(seed)
    network = keras.Sequential(layers_of(run["network"]))
    network.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    images = data.train_images[..., None].astype(np.float32)
    network.fit(images, np.eye(10)[data.train_labels], verbose=0, **settings)
    outputs = network.predict(data.test_images[..., None].astype(np.float32), verbose=0, batch_size=1000)
    return float(np.mean(outputs.argmax(axis=1) == data.test_labels))


def tolerance_factor(n: int) -> float:
    """Return the distance of the bound from the mean, in standard deviations.

    Source: Natrella, Experimental Statistics (NBS Handbook 91, 1963), section 2-5.2; within 1 % from n = 10.
    """
    share, sure = statistics.NormalDist().inv_cdf(SHARE), statistics.NormalDist().inv_cdf(CONFIDENCE)
    a, b = 1 - sure**2 / (2 * (n - 1)), share**2 - sure**2 / n
    return float((share + (share**2 - a * b) ** 0.5) / a)


def summary(accuracies: list[float]) -> dict[str, float]:
    """Return statistics of the accuracies."""
    n, mean, sd = len(accuracies), statistics.mean(accuracies), statistics.stdev(accuracies)
    return {
        "seeds": n,
        "mean": round(mean, 4),
        "sd": round(sd, 4),
        "minimum": min(accuracies),
        "maximum": max(accuracies),
        "tolerance_bound": round(mean - tolerance_factor(n) * sd, 4),
        "share_above_minimum": round((1 - CONFIDENCE) ** (1 / n), 4),
        "share": SHARE,
        "confidence": CONFIDENCE,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", choices=RUNS)
    parser.add_argument("--data", type=Path, required=True, help="the folder with FashionMNIST/raw")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--output", type=Path, required=True, help="the folder for <run>.json")
    options = parser.parse_args()
    import tensorflow as tf

    threads = os.environ.get("TF_NUM_INTRAOP_THREADS", "all")
    data, start, accuracies = read("fashion_mnist", "full", options.data), time.monotonic(), []
    for seed in range(options.seeds):
        accuracies.append(train(RUNS[options.run], data, seed))
        print(seed, accuracies[-1], flush=True)
    record = {
        "run": options.run,
        "settings": RUNS[options.run],
        "accuracies": accuracies,
        **summary(accuracies),
        "tensorflow": tf.__version__,
        "keras": tf.keras.__version__,
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs, threads: {threads}",
        "date": time.strftime("%Y-%m-%d"),
        "seconds": round(time.monotonic() - start),
    }
    path = options.output / f"{options.run}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
