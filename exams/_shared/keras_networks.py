"""Worker side: Keras networks for images (n, 28, 28), judged by what they compute, however they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder.core.evidence import Array
from autograder.probing.arrays import BadReturnError, describe, describe_korean

_PIECE = 500  # images at a time
FEW = 240  # images on which a graph takes longer to make than to run


def training_data(images: Any, labels: Any) -> tuple[Array, Array]:
    """Return X (n, 28, 28, 1), pixels 0..255, and y (n, 10), one-hot, both in float64."""
    return np.asarray(images)[..., None].astype(np.float64), np.eye(10)[np.asarray(labels)]


def prepare(images: int) -> None:
    """Let the next call of a student's function train fast on so many images; the numbers are the same.

    A graph takes longer to compile on few images, and longer to optimise on some more, than to run. What is
    observed is put back after each observation.
    """
    import tensorflow as tf

    tf.config.run_functions_eagerly(images <= FEW)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": images <= 1000})


def built(network: Any) -> Any:
    """Return a Keras network whose weights are made.

    Raises:
        BadReturnError: it is none.
    """
    import keras

    if not isinstance(network, keras.Model):
        raise BadReturnError(
            f"expected a Keras network, got {describe(network)}",
            f"Keras 네트워크여야 하는데 {describe_korean(network)}입니다",
        )
    if not network.built:
        network.build((None, 28, 28, 1))
    if not network.weights:  # of a class whose build makes none
        network(np.zeros((1, 28, 28, 1)))
    return network


def compiled(network: Any) -> Any:
    """Return a compiled Keras network whose weights are made.

    Raises:
        BadReturnError: it is none, or not compiled.
    """
    if built(network).optimizer is None:
        raise BadReturnError("the network is not compiled", "네트워크를 compile하지 않았습니다")
    return network


def optimizer_of(network: Any) -> list[Any]:
    """Return the class and the learning rate of a network's optimizer: ``["Adam", 0.001]``."""
    optimizer = compiled(network).optimizer
    return [type(optimizer).__name__, round(float(optimizer.learning_rate), 7)]


def kernel_shapes(network: Any, dimensions: int) -> list[list[int]]:
    """Return the shapes of the kernels with so many dimensions, by what comes in: 4 for Conv2D, 2 for Dense."""
    shapes = [list(map(int, weight.shape)) for weight in compiled(network).weights]
    return sorted((shape for shape in shapes if len(shape) == dimensions), key=lambda shape: shape[-2:])


def put_weights(network: Any, value: Callable[[tuple[int, ...]], Any]) -> None:
    """Give every weight of a network the value that belongs to its shape."""
    for weight in compiled(network).weights:
        weight.assign(value(tuple(map(int, weight.shape))))


def some_weights(shape: Sequence[int]) -> Array:
    """Return values that are the same for the same shape: normal, with which outputs vary."""
    deviation = 1 / np.sqrt(np.prod(shape[:-1])) if len(shape) > 1 else 0.2
    return np.random.default_rng(list(shape)).normal(scale=deviation, size=shape)


def probabilities(network: Any, images: Any, scale: float = 1) -> Array:
    """Return a network's outputs for images (n, 28, 28), computed in pieces; pixels are multiplied by ``scale``."""
    return outputs(compiled(network), np.asarray(images)[..., None].astype(np.float64) * scale)


def outputs(network: Any, X: Array) -> Array:
    """Return a network's outputs for its inputs X (n, 28, 28, 1), computed in pieces."""
    pieces = [X[i : i + _PIECE] for i in range(0, len(X), _PIECE)]
    return np.concatenate([np.array(network(piece, training=False)) for piece in pieces])


def outputs_of_some_weights(network: Any, images: Any) -> Array:
    """Return the outputs for pixels 0..1 with given weights, which tell the layers; the network keeps its own."""
    own = compiled(network).get_weights()
    put_weights(network, some_weights)
    try:
        return probabilities(network, images, 1 / 255)
    finally:
        network.set_weights(own)


def dropout_rate(network: Any) -> float:
    """Return the share that is dropped between the last two dense layers, 0 for none; the network keeps its weights.

    All weights but biases are set to zero, so that what is dropped or kept is constant, and the last layer reads
    five of its nodes: a kept one is 1 / (1 - rate) times what it is without dropout.
    """
    own = compiled(network).get_weights()

    def reading(shape: tuple[int, ...]) -> Array:
        last = len(shape) == 2 and shape[1] == 10
        return np.eye(*shape) * (np.arange(10) < 5) if last else np.full(shape, float(len(shape) == 1))

    put_weights(network, reading)
    images = np.zeros((32, 28, 28, 1))
    try:
        with np.errstate(all="ignore"):
            kept, dropped = (
                np.log(rows[:, :5] / rows[:, 9:]).max()
                for rows in (np.array(network(images, training=on)) for on in (False, True))
            )
            return float(1 - kept / dropped)
    finally:
        network.set_weights(own)


def train_by_hand(network: Any, X: Array, y: Array, epochs: int) -> tuple[Array, Array]:
    """Return the losses (epochs,) and the weights after updates of Adam on one batch; the network keeps its own."""
    import keras
    import tensorflow as tf

    own, adam, losses = compiled(network).get_weights(), keras.optimizers.Adam(), []
    try:
        for _ in range(epochs):
            with tf.GradientTape() as tape:
                loss = keras.losses.CategoricalCrossentropy()(y, network(X, training=True))
            adam.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
            losses.append(float(loss))
        return np.array(losses), flat_weights(network)
    finally:
        network.set_weights(own)


def flat_weights(network: Any) -> Array:
    """Return all weights of a network in one array (n,)."""
    return np.concatenate([weight.reshape(-1) for weight in compiled(network).get_weights()])


def without_dropout(network: Any) -> None:
    """Set the rate of the network's dropout layers to zero, so that training is the same each time."""
    for layer in compiled(network)._flatten_layers(include_self=False):
        if hasattr(layer, "rate"):
            layer.rate = 0.0


def series(history: Any, name: str) -> Array:
    """Return what a History, or its dictionary, holds under a name.

    Raises:
        BadReturnError: it is no History, or has nothing of this name.
    """
    record = getattr(history, "history", history)
    if not isinstance(record, dict) or name not in record:
        raise BadReturnError(
            f"expected what network.fit returns, with {name!r}, got {describe(history)}",
            f"{name!r}이(가) 있는 network.fit의 반환값이어야 하는데 {describe_korean(history)}입니다",
        )
    return np.array(record[name], np.float64).reshape(-1)


def table(layers: Any) -> Array:
    """Return pairs as rows (shape, filled up with zeros to three columns; number of parameters); None becomes -1.

    Raises:
        BadReturnError: it is no list.
    """
    if not isinstance(layers, list | tuple):
        raise BadReturnError(
            f"expected a list of pairs, got {describe(layers)}",
            f"쌍의 list여야 하는데 {describe_korean(layers)}입니다",
        )
    shapes = [[-1 if size is None else int(size) for size in shape] for shape, _ in layers]
    width = max([3, *map(len, shapes)])
    rows = zip(shapes, layers, strict=True)
    return np.array([[*shape, *[0] * (width - len(shape)), int(count)] for shape, (_, count) in rows])


def layers_of(network: Any) -> list[tuple[Any, int]]:
    """Return the output shape, without the batch axis, and the number of parameters of every layer."""
    shape, found = (None, 28, 28, 1), []
    for layer in compiled(network).layers:
        try:
            shape = layer.output.shape
        except (AttributeError, ValueError):  # in a network that is no graph
            shape = layer.compute_output_shape(shape)
        found.append((shape[1:], layer.count_params()))
    return found


def loaded(name: str) -> Any:
    """Return the model of a ``.keras`` file beside the submission, without running code of the file.

    Raises:
        BadReturnError: there is no such file, or it cannot be read.
    """
    import keras

    if not name.endswith(".keras") or Path(name).name != name:
        raise BadReturnError(
            f"TRAINED_MODEL must be the name of a .keras file beside the module, got {name!r}",
            f"TRAINED_MODEL은 모듈과 같은 폴더에 있는 .keras 파일의 이름이어야 하는데 {name!r}입니다",
        )
    if not Path(name).is_file():
        raise BadReturnError(
            f"TRAINED_MODEL: there is no file {name!r} beside the module",
            f"TRAINED_MODEL: 모듈과 같은 폴더에 {name!r} 파일이 없습니다",
        )
    try:
        return keras.saving.load_model(name, safe_mode=True)
    except Exception as error:
        raise BadReturnError(
            f"TRAINED_MODEL: {name} cannot be loaded: {error}",
            f"TRAINED_MODEL: {name}을(를) 읽을 수 없습니다: {error}",
        ) from error
