"""Question 1 of the midterm: crawl images, load them, train resnet34 and see what it looks at."""

from __future__ import annotations

import numpy as np

from autograder import (
    Data,
    Diagram,
    Essay,
    Facts,
    Layer,
    Limit,
    Part,
    Picture,
    Question,
    Shape,
    Text,
    relation,
)
from autograder.pictures import ContactSheet, Curves, Overlay
from exams._shared.image_search import SIDE

from .probes import SAMPLES, SEED


def shaped(array, *shape):
    """An array of this shape, None for any length; an equation fails with any other."""
    if array.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        raise ValueError(f"an array has shape {array.shape}")
    return array.astype(np.float64) if array.dtype.kind == "f" else array


# -- crawl --------------------------------------------------------------------------------------------------


@relation()
def keywords(allowed):
    return allowed == 2, np.array([True, True])


@relation()
def one_folder_per_keyword(folders):
    return folders == [1, 1, 0], np.array([True, True, True])


@relation()
def only_pictures(files):
    return files[:, 1], np.maximum(files[:, 0], 1)


@relation()
def no_duplicates(files):
    return files[:, 2], np.maximum(files[:, 1], 1)


@relation()
def enough_pictures(files, count):
    return np.minimum(files[:, 2], count), np.full(2, count)


# Of 255, on average over a thumbnail: JPEG with quality 75 differs by 1.7 at most, two pictures by 25 and more.
SERVED_TOLERANCE = 5


@relation(rtol=0, atol=0)
def pictures_of_the_keyword(thumbnails, thumbnail_class, pictures):
    """Each thumbnail is that of a picture of its class, as nearly as JPEG keeps it."""
    kinds = pictures.astype(np.float64).reshape(2, -1, 8, SIDE // 8, 8, SIDE // 8, 3).mean((3, 5))
    shown = shaped(thumbnails, None, 8, 8, 3)
    own = kinds[shaped(thumbnail_class, len(shown))]  # (files, n, 8, 8, 3)
    gaps = np.abs(own - shown[:, None]).mean(axis=(2, 3, 4)).min(axis=1)
    return np.where(gaps <= SERVED_TOLERANCE, 0, gaps), np.zeros(max(len(gaps), 1))


POLITE = 200  # requests; all pages and results of two keywords are 46, in the full profile 110


@relation()
def polite_requests(requests, files):
    total, *served = requests
    wanted = files[:, 2].max(initial=1)
    return np.array([max(total, POLITE), *np.minimum(served, wanted)]), np.array([POLITE, wanted, wanted])


# -- dls ----------------------------------------------------------------------------------------------------


@relation()
def two_classes(vocab):
    return vocab, np.arange(2)


@relation()
def labels_of_folders(train, train_labels, valid, valid_labels, folders):
    items = np.concatenate([train, valid])
    return np.concatenate([train_labels, valid_labels]), shaped(folders, None)[items]


@relation()
def split(train, valid, folders):
    items, n = np.concatenate([train, valid]), len(folders)
    return np.append(np.sort(items), len(valid)), np.append(np.arange(n), n // 5)


@relation()
def same_split_again(valid, valid_again):
    return np.sort(valid_again), np.sort(valid)


# -- train --------------------------------------------------------------------------------------------------


@relation()
def trained_on_every_batch(steps, losses, batches):
    """fine_tune has one more epoch, with a frozen body."""
    seen = np.array([steps.min(), len(losses)])
    return np.minimum(seen, batches), np.repeat(batches, 2)


# Of its length: fit_one_cycle moves a layer by 0.001 to 0.02 in mini, the slow layers of fine_tune by 7e-6 and more.
# Another start is 1.4 lengths away, and a frozen layer does not move at all.
LEAST_MOVE, MOST_MOVE = 1e-6, 0.7

RESNET34 = {"convolutions": 36, "parameters": 21_284_672}
COUNTED = {"convolutions": Text("합성곱층", "convolutions"), "parameters": Text("파라미터", "parameters")}


@relation()
def layers_moved(before, after):
    start, end = (shaped(weights, 3, SAMPLES) for weights in (before, after))
    length = np.linalg.norm(end - start, axis=1) / np.linalg.norm(start, axis=1)
    return length, np.clip(length, LEAST_MOVE, MOST_MOVE)


RECORDED = {"rtol": {"cpu": 1e-4, "cuda": 1e-3}, "atol": {"cpu": 1e-4, "cuda": 1e-3}}


@relation(**RECORDED)
def recorded_loss(valid_loss, logits, labels):
    logits, labels = shaped(logits, None, 2), shaped(labels, None)
    logs = logits - logits.max(axis=1, keepdims=True)
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    return valid_loss, -logs[np.arange(len(labels)), labels].mean()


@relation(**RECORDED)
def recorded_error_rate(error_rate, logits, labels):
    return error_rate, (shaped(logits, None, 2).argmax(axis=1) != shaped(labels, None)).mean()


# -- cam ----------------------------------------------------------------------------------------------------

# float32 against float64, 20 seeds, maps of up to 88: at most 5e-5 in a map, 2e-5 in a logit. The nearest mistake,
# the bias forgotten, is 0.5 away and more. On CUDA, where nothing was measured, sums may run in another order.
CAM_TOLERANCE = {"rtol": {"cpu": 1e-5, "cuda": 1e-4}, "atol": {"cpu": 2e-4, "cuda": 2e-3}}


@relation(**CAM_TOLERANCE)
def pooled_by_the_mean(network_logits, head_weight, head_bias, features):
    means = shaped(features, 512, None, None).mean(axis=(1, 2))
    return network_logits, shaped(head_weight, 2, 512) @ means + shaped(head_bias, 2)


@relation(open=False, **CAM_TOLERANCE)
def weighted_features(maps, head_weight, features):
    return maps, np.einsum("ck,khw->chw", shaped(head_weight, 2, 512), shaped(features, 512, None, None))


@relation(**CAM_TOLERANCE)
def mean_of_the_map(maps, head_bias, logits, network_logits):
    expected = shaped(maps, 2, None, None).mean(axis=(1, 2)) + shaped(head_bias, 2)
    return np.stack([logits, network_logits]), np.stack([expected, expected])


@relation(rtol=0, atol=1e-6)
def picture_and_map(drawn_image, drawn_maps, image):
    image = image.astype(np.float64)
    left = np.concatenate([drawn_image.ravel(), drawn_maps.ravel()])
    return left, np.concatenate([np.tile(image.transpose(1, 2, 0).ravel(), 2), image[:2, ::32, ::32].ravel()])


@relation(rtol=0, atol=1)  # pixels: (-0.5, W-0.5, H-0.5, -0.5) and (0, W-1, H-1, 0) will do too
def map_over_the_image(extents, image):
    _, height, width = image.shape
    return extents, np.tile([0.0, width, height, 0.0], (2, 1))


# -- what is asked ------------------------------------------------------------------------------------------

CRAWLED = ContactSheet(
    images=lambda evidence, inputs: [
        (str(folder + 1), image)
        for folder, image in zip(evidence["thumbnail_class"].tolist(), evidence["thumbnails"], strict=True)
    ]
)
LOSS = Curves(curves={"training": "losses"}, x="minibatch")
MAPS = Overlay(
    image=lambda inputs: 255 * inputs["image"].transpose(1, 2, 0),
    maps=lambda evidence, inputs: evidence["maps"],
    titles=["class 0", "class 1"],
)
BODY = Data("image", "(1, 3, H, W)"), Layer("body", "resnet34"), Data("F", "(1, 512, h, w)")
HEAD = Layer("AdaptiveAvgPool2d", "1"), Layer("Flatten", "512"), Layer("Linear", "512 → 2")

QUESTION = Question(
    framework="fastai",
    seed=SEED,
    pool=2,
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=30),
    parts=[
        Part(
            name="crawl",
            points=8,
            pictures=[CRAWLED],
            settings={"count": 10},
            vary={"count": [6, 7, 8]},
            # verify_images starts some processes
            limit=Limit(seconds=60, memory_mb=4096, threads=64, processes=16, loopback=True),
            checks=[
                keywords.worth(0.5),
                one_folder_per_keyword.worth(1),
                only_pictures.worth(1),
                no_duplicates.worth(1),
                enough_pictures.worth(2.5),
                pictures_of_the_keyword.worth(1),
                polite_requests.worth(1),
            ],
        ),
        Part(
            name="dls",
            points=6,
            settings={"size": 64, "batch_size": 8, "split_seed": 42},
            vary={"size": [32, 40, 56], "batch_size": [4, 5, 6], "split_seed": [1, 7, 123]},
            limit=Limit(seconds=60, output_kb=4096),
            checks=[
                Facts("from_folder", expected=True, points=0.5, open=True),
                two_classes.worth(1),
                labels_of_folders.worth(1),
                split.worth(1.5),
                same_split_again.worth(1),
                Shape("batch", ("batch_size", 3, "size", "size"), points=1),
            ],
        ),
        Part(
            name="train",
            points=8,
            pictures=[LOSS],
            settings={"size": 32, "lr": 1e-3},
            vary={"size": [33, 34], "lr": [5e-4, 2e-3]},
            limit=Limit(seconds=180, memory_mb=4096, output_kb=4096),
            checks=[
                Facts("architecture", expected=RESNET34, names=COUNTED, points=0.5),
                trained_on_every_batch.worth(2),
                layers_moved.worth(3),
                recorded_loss.worth(1.5),
                recorded_error_rate.worth(1),
            ],
        ),
        Part(
            name="cam",
            diagram=Diagram([*BODY, *HEAD, Data("logits", "(1, 2)")]),
            points=8,
            pictures=[MAPS],
            settings={"size": 32, "lr": 1e-3},
            vary={"lr": [5e-4, 2e-3]},
            limit=Limit(seconds=120, memory_mb=4096, output_kb=4096),
            checks=[
                Facts("head", expected=[2 * 512, 2], points=0.5, open=True),
                pooled_by_the_mean.worth(1),
                weighted_features.worth(2.5),
                mean_of_the_map.worth(1.5),
                picture_and_map.worth(0.5),
                Picture("figure", points=0.5),
                map_over_the_image.worth(0.5),
                Essay("CAM_REASON", points=1),
            ],
        ),
    ],
)
