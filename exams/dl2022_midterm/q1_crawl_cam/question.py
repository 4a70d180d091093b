"""Question 1 of the midterm: crawl images, load them, train resnet34 and see what it looks at."""

from __future__ import annotations

import unicodedata

import numpy as np

from autograder import (
    Data,
    Diagram,
    Facts,
    Layer,
    Limit,
    Part,
    Picture,
    Question,
    Relation,
    Shape,
    Text,
    Uses,
)
from autograder.pictures import ContactSheet, Curves, Overlay

from .probes import MOST_FILES, SAMPLES, SEED, SIDE

# -- names as arrays ----------------------------------------------------------------------------------------


def shaped(evidence, name, *shape):
    """An array of this shape, None for any length: equations must not grow with whatever a worker sends.

    Raises:
        ValueError: it has another shape.
    """
    array = evidence[name]
    if array.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        raise ValueError(f"{name} has shape {array.shape}")
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def allowed_names(codes):
    """[how many different names, how many of them allowed] of code points; upper case and spaces are no help."""
    names = ["".join(chr(code) for code in row if code) for row in codes]
    plain = {"".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in names}
    return np.array([len(plain), len(plain - {"", "iu", "hynn"})])


# -- crawl: mathematics -------------------------------------------------------------------------------------


def two_rows(files):
    """The counts of the classes, at least two rows: a class that is not there has no files."""
    return np.concatenate([files, np.zeros((max(2 - len(files), 0), 3), files.dtype)])


def keyword_equation(evidence, inputs):
    return allowed_names(evidence["keywords"]), np.array([2, 2])


def folder_equation(evidence, inputs):
    return evidence["classes"], np.array(sorted(evidence["keywords"].tolist()), np.uint32)


def picture_equation(evidence, inputs):
    files = two_rows(evidence["files"])
    return files[:, 1], np.maximum(files[:, 0], 1)


def distinct_equation(evidence, inputs):
    files = two_rows(evidence["files"])
    return files[:, 2], np.maximum(files[:, 1], 1)


def enough_equation(evidence, inputs):
    return np.minimum(evidence["files"][:, 2], inputs["count"]), np.full(2, inputs["count"])


def served_equation(evidence, inputs):
    """Each thumbnail is that of a picture of its class, as nearly as JPEG keeps it."""
    kinds = inputs["pictures"].astype(np.float64).reshape(2, -1, 8, SIDE // 8, 8, SIDE // 8, 3).mean((3, 5))
    first_is_lesser = evidence["keywords"][0].tolist() < evidence["keywords"][1].tolist()
    kinds = kinds if first_is_lesser else kinds[::-1]
    shown = shaped(evidence, "thumbnails", None, 8, 8, 3)
    if not 0 < len(shown) <= 2 * MOST_FILES:
        raise ValueError("there is no picture, or there are too many")
    own = kinds[shaped(evidence, "thumbnail_class", len(shown))]  # (files, n, 8, 8, 3)
    gaps = np.abs(own - shown[:, None]).mean(axis=(2, 3, 4)).min(axis=1)
    return np.where(gaps <= SERVED_TOLERANCE, 0, gaps), np.zeros_like(gaps)


# Of 255, on average over a thumbnail, in 144 pictures: the server's JPEG differs from the picture by at most 0.9,
# saved again with quality 75 by 1.7, resized by 0.9; two different pictures by 25 and more.
SERVED_TOLERANCE = 5
POLITE = 200  # requests; all pages and results of two keywords are 46, in the full profile 110


def request_equation(evidence, inputs):
    total, *served = evidence["requests"]
    wanted = two_rows(evidence["files"])[:2, 2].max(initial=1)
    return np.array([max(total, POLITE), *np.minimum(served, wanted)]), np.array([POLITE, wanted, wanted])


# -- folders and loaders for the other parts ----------------------------------------------------------------

RESNET34 = {"convolutions": 36, "parameters": 21_284_672}


# -- dls ----------------------------------------------------------------------------------------------------


def vocab_equation(evidence, inputs):
    vocab, classes = evidence["vocab"], evidence["classes"]
    right = np.concatenate([classes.ravel(), [2, 2]])
    return np.concatenate([vocab.ravel(), allowed_names(vocab)]), right


def split_equation(evidence, inputs):
    items = np.sort(np.concatenate([evidence["train"], evidence["valid"]]))
    return items, np.arange(len(evidence["folders"]))


def share_equation(evidence, inputs):
    return np.array([len(evidence["valid"])]), np.array([len(evidence["folders"]) // 5])


def repeat_equation(evidence, inputs):
    return np.sort(evidence["valid_again"]), np.sort(evidence["valid"])


def label_equation(evidence, inputs):
    items = np.concatenate([evidence["train"], evidence["valid"]])
    return evidence["labels"], shaped(evidence, "folders", None)[items]


# -- train --------------------------------------------------------------------------------------------------


def step_equation(evidence, inputs):
    """Batch norms and recorder have seen every batch; fine_tune has one more epoch, with a frozen body."""
    batches = evidence["batches"][0]
    seen = np.array([evidence["steps"].min(), len(evidence["losses"]), len(evidence["history"])])
    wanted = np.array([batches, batches, inputs["epochs"]])
    return np.minimum(seen, wanted), wanted


# Trained by the solution in the mini profile, a layer moves by 0.003 to 0.02 of its length from the seeded start;
# another start is 1.4 lengths away, and a frozen layer does not move at all.
LEAST_MOVE = 1e-4
MOST_MOVE = 0.7


def move_equation(evidence, inputs):
    before, after = (shaped(evidence, name, 3, SAMPLES) for name in ("before", "after"))
    length = np.linalg.norm(after - before, axis=1) / np.linalg.norm(before, axis=1)
    return length, np.clip(length, LEAST_MOVE, MOST_MOVE)


def history_equation(evidence, inputs):
    """The last validation loss and error rate, as recorded and as the logits of the network say."""
    logits, labels = shaped(evidence, "logits", None, 2), shaped(evidence, "labels", None)
    logs = logits - logits.max(axis=1, keepdims=True)
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    loss = -logs[np.arange(len(labels)), labels].mean()
    return evidence["history"][-1, 1:3], np.array([loss, (logits.argmax(axis=1) != labels).mean()])


# -- cam ----------------------------------------------------------------------------------------------------


def map_equation(evidence, inputs):
    weight, features = shaped(evidence, "weight", 2, 512), shaped(evidence, "features", 512, None, None)
    return evidence["maps"], np.einsum("ck,khw->chw", weight, features)


def mean_equation(evidence, inputs):
    """Twice: what the student computed from the maps, and what the network says."""
    expected = shaped(evidence, "maps", 2, None, None).mean(axis=(1, 2)) + shaped(evidence, "bias", 2)
    return np.stack([evidence["logits"], evidence["network_logits"]]), np.stack([expected, expected])


def head_equation(evidence, inputs):
    means = shaped(evidence, "features", 512, None, None).mean(axis=(1, 2))
    return evidence["network_logits"], shaped(evidence, "weight", 2, 512) @ means + shaped(
        evidence, "bias", 2
    )


def drawing_equation(evidence, inputs):
    image = inputs["image"].astype(np.float64)
    maps = image[:2, ::32, ::32]
    left = [evidence["drawn_image"].ravel(), evidence["drawn_maps"].ravel()]
    return np.concatenate(left), np.concatenate([np.tile(image.transpose(1, 2, 0).ravel(), 2), maps.ravel()])


def extent_equation(evidence, inputs):
    _, height, width = inputs["image"].shape
    return evidence["extents"], np.tile([0.0, width, height, 0.0], (2, 1))


# -- what is asked ------------------------------------------------------------------------------------------

# float32 against float64, 20 seeds, maps of up to 88: at most 5e-5 in a map, 2e-5 in a logit. The nearest mistake,
# the bias forgotten, is 0.5 away and more. On CUDA, where nothing was measured, sums may run in another order.
CAM_TOLERANCE = {"rtol": {"cpu": 1e-5, "cuda": 1e-4}, "atol": {"cpu": 2e-4, "cuda": 2e-3}}

CRAWLED = ContactSheet(
    Text(
        ko="저장한 그림들(8×8로 줄인 것). 숫자는 몇째 키워드의 폴더에 있었는지.",
        en="The pictures that were saved, reduced to 8 by 8; the number says in which keyword's folder.",
    ),
    images=lambda evidence, inputs: [
        (str(folder + 1), image)
        for folder, image in zip(evidence["thumbnail_class"].tolist(), evidence["thumbnails"], strict=True)
    ],
)
LOSS = Curves(
    Text(
        ko="미니배치마다의 훈련 손실. 실선은 제출한 것, 점선은 기준.",
        en="The training loss by minibatches: yours drawn through, the reference dashed.",
    ),
    curves=lambda evidence, inputs: {"training": evidence["losses"]},
    x="minibatch",
)
MAPS = Overlay(
    Text(
        ko="각 클래스의 지도를 그림 위에 놓은 것. 위는 제출한 것, 아래는 기준.",
        en="The map of each class over the image: yours above, the reference below.",
    ),
    image=lambda inputs: 255 * inputs["image"].transpose(1, 2, 0),
    maps=lambda evidence, inputs: evidence["maps"],
    titles=["class 0", "class 1"],
)

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
            probe="probe_crawl",
            pictures=[CRAWLED],
            settings={"count": 10},
            vary={"count": [6, 7, 8]},
            limit=Limit(
                seconds=60, memory_mb=4096, threads=64, processes=16, loopback=True
            ),  # verify_images starts some
            checks=[
                Relation(
                    "keywords",
                    label=Text(ko="키워드", en="keywords"),
                    arrays=["keywords"],
                    open=True,
                    equation=keyword_equation,
                    statement=Text(
                        ko="서로 다른 두 키워드를 골라야 하며, 'iu'와 'hynn'은 안 됩니다.",
                        en="There must be two different keywords, neither of them 'iu' or 'hynn'.",
                    ),
                    points=1,
                ),
                Relation(
                    "one folder per keyword",
                    label=Text(ko="키워드마다 한 폴더", en="one folder per keyword"),
                    arrays=["classes", "keywords"],
                    equation=folder_equation,
                    statement=Text(
                        ko="folder 안에는 키워드와 이름이 같은 폴더 둘만 있어야 합니다.",
                        en="In folder there must be two folders, named as the keywords, and no other.",
                    ),
                    points=1,
                ),
                Relation(
                    "only pictures",
                    label=Text(ko="저장한 파일", en="stored files"),
                    arrays=["files"],
                    open=True,
                    equation=picture_equation,
                    statement=Text(
                        ko="저장한 파일은 모두 끝까지 읽히는 그림이어야 합니다(클래스별 그림 수 = 파일 수).",
                        en="Every saved file must be a picture that can be read to its end (pictures = files).",
                    ),
                    points=1,
                ),
                Relation(
                    "no duplicates",
                    label=Text(ko="중복된 그림", en="duplicate pictures"),
                    arrays=["files"],
                    open=True,
                    equation=distinct_equation,
                    statement=Text(
                        ko="같은 그림을 두 번 저장하면 안 됩니다(클래스별 서로 다른 그림 수 = 그림 수).",
                        en="No picture may be saved twice (different pictures = pictures, per class).",
                    ),
                    points=1,
                ),
                Relation(
                    "enough pictures",
                    label=Text(ko="그림의 수", en="number of pictures"),
                    arrays=["files"],
                    open=True,
                    equation=enough_equation,
                    statement=Text(
                        ko="두 클래스 모두 서로 다른 그림이 count장 이상 있어야 합니다.",
                        en="Each of the two classes must have `count` different pictures or more.",
                    ),
                    points=2,
                ),
                Relation(
                    "pictures of the keyword",
                    label=Text(ko="키워드의 그림", en="pictures of the keyword"),
                    arrays=["thumbnails", "thumbnail_class", "keywords"],
                    equation=served_equation,
                    statement=Text(
                        ko="폴더의 그림은 모두 서버가 그 키워드로 보여 준 그림이어야 합니다.",
                        en="Each picture in a folder must be one that the server has for that keyword.",
                    ),
                    rtol=0,
                    atol=0,
                    points=1,
                ),
                Relation(
                    "requests",
                    label=Text(ko="서버에 보낸 요청", en="requests to the server"),
                    arrays=["requests", "files"],
                    open=True,
                    equation=request_equation,
                    statement=Text(
                        ko="그림은 서버에 요청하여 받은 것이어야 하고, 요청은 모두 200번을 넘지 않아야 합니다.",
                        en="The pictures must have been requested from the server, with no more than 200 requests in all.",
                    ),
                    points=1,
                ),
            ],
        ),
        Part(
            name="dls",
            points=6,
            probe="probe_dls",
            settings={"size": 64, "batch_size": 8, "split_seed": 42},
            vary={"size": [32, 40, 56], "batch_size": [4, 5, 6], "split_seed": [1, 7, 123]},
            limit=Limit(seconds=60, output_kb=4096),
            checks=[
                Uses(
                    "from_folder",
                    names=[
                        f"{place}ImageDataLoaders.from_folder"
                        for place in ("", "fastai.vision.all.", "fastai.vision.data.")
                    ],
                ),
                Relation(
                    "two classes",
                    label=Text(ko="두 클래스", en="two classes"),
                    arrays=["vocab", "classes"],
                    equation=vocab_equation,
                    statement=Text(
                        ko="dls.vocab은 두 클래스 폴더의 이름이어야 합니다(iu, hynn 제외).",
                        en="dls.vocab must be the names of the two folders of classes (neither iu nor hynn).",
                    ),
                    points=1,
                ),
                Relation(
                    "labels",
                    label=Text(ko="그림의 라벨", en="labels of the pictures"),
                    arrays=["labels", "train", "valid", "folders"],
                    equation=label_equation,
                    statement=Text(
                        ko="각 그림의 라벨은 그 그림이 든 폴더여야 합니다.",
                        en="The label of each picture must be the folder that it lies in.",
                    ),
                    points=1,
                ),
                Relation(
                    "split",
                    label=Text(ko="학습·검증 자료의 분할", en="split into training and validation"),
                    arrays=["train", "valid", "folders"],
                    open=True,
                    equation=split_equation,
                    statement=Text(
                        ko="모든 그림이 학습 자료와 검증 자료 중 꼭 한 곳에 있어야 합니다.",
                        en="Every picture must be in exactly one of the training and the validation set.",
                    ),
                    points=1,
                ),
                Relation(
                    "share for validation",
                    label=Text(ko="검증 자료의 비율", en="share for validation"),
                    arrays=["valid", "folders"],
                    open=True,
                    equation=share_equation,
                    statement=Text(
                        ko="검증 자료는 전체 그림의 20%(소수점 아래는 버림)여야 합니다.",
                        en="The validation set must have 20 % of the pictures, rounded down.",
                    ),
                    points=1,
                ),
                Relation(
                    "same split for the same seed",
                    label=Text(ko="같은 seed의 같은 분할", en="same split for the same seed"),
                    arrays=["valid", "valid_again"],
                    open=True,
                    equation=repeat_equation,
                    statement=Text(
                        ko="같은 seed로 두 번 부르면 검증 자료가 같아야 합니다.",
                        en="Called twice with the same seed, it must draw the same validation set.",
                    ),
                    points=1,
                ),
                Shape("batch", ("batch_size", 3, "size", "size"), points=1),
            ],
        ),
        Part(
            name="train",
            points=8,
            probe="probe_train",
            pictures=[LOSS],
            settings={"size": 48, "lr": 1e-3, "seed": 43052},
            vary={"size": [32, 40], "lr": [5e-4, 2e-3], "seed": [5, 11, 29]},
            limit=Limit(seconds=180, memory_mb=4096, output_kb=4096),
            checks=[
                Facts("architecture", expected=RESNET34, points=1),
                Facts("outputs", expected=2, points=1),
                Facts("loss", expected="CrossEntropyLossFlat", points=1),
                Relation(
                    "trained on every batch",
                    label=Text(ko="모든 배치로 학습", en="training on every batch"),
                    arrays=["steps", "losses", "batches", "history"],
                    open=True,
                    equation=step_equation,
                    statement=Text(
                        ko="epochs 에폭 동안 모든 배치로 학습하고 그 기록이 남아 있어야 합니다.",
                        en="It must have been trained on every batch for `epochs` epochs, with the losses on record.",
                    ),
                    points=2,
                ),
                Relation(
                    "every layer moved from the seeded start",
                    label=Text(ko="처음 가중치에서 움직인 층", en="layers moved from the seeded start"),
                    arrays=["before", "after"],
                    equation=move_equation,
                    statement=Text(
                        ko="첫 합성곱층, 마지막 합성곱층, 마지막 선형층의 가중치가 torch.manual_seed(seed)로 정해진 처음 값에서 "
                        "출발하여 조금씩 움직였어야 합니다.",
                        en="The first and last convolution and the last linear layer must have moved a little, each from the "
                        "start that torch.manual_seed(seed) gives.",
                    ),
                    points=2,
                ),
                Relation(
                    "recorded loss and error rate",
                    label=Text(ko="기록된 손실과 오류율", en="recorded loss and error rate"),
                    arrays=["history", "logits", "labels"],
                    equation=history_equation,
                    statement=Text(
                        ko="마지막으로 기록된 검증 손실과 오류율(error_rate)은 네트워크의 출력에서 계산한 값과 같아야 합니다.",
                        en="The last recorded validation loss and error_rate must be those of the network's outputs.",
                    ),
                    rtol={"cpu": 1e-4, "cuda": 1e-3},
                    atol={"cpu": 1e-4, "cuda": 1e-3},
                    points=1,
                ),
            ],
        ),
        Part(
            name="cam",
            diagram=Diagram(
                [
                    Data("image", "(1, 3, H, W)"),
                    Layer("body", "resnet34"),
                    Data("F", "(1, 512, h, w)"),
                    Layer("AdaptiveAvgPool2d", "1"),
                    Layer("Flatten", "512"),
                    Layer("Linear", "512 → 2"),
                    Data("logits", "(1, 2)"),
                ]
            ),
            points=8,
            probe="probe_cam",
            pictures=[MAPS],
            settings={"size": 48, "seed": 43052},
            vary={"size": [32, 40], "seed": [5, 11, 29]},
            limit=Limit(seconds=60, memory_mb=4096, output_kb=4096),
            checks=[
                Facts("architecture", expected=RESNET34, points=1),
                Facts("head", expected=[[2, 512], [2]], points=1),
                Relation(
                    "pooled by the mean",
                    label=Text(ko="특징 지도의 평균", en="mean of the feature maps"),
                    arrays=["network_logits", "weight", "bias", "features"],
                    equation=head_equation,
                    statement=Text(
                        ko="네트워크의 logit은 특징 지도의 평균에 선형층을 적용한 값이어야 합니다.",
                        en="The network's logits must be the linear layer of the means of the feature maps.",
                    ),
                    **CAM_TOLERANCE,
                    points=1,
                ),
                Relation(
                    "class weights · feature maps = map",
                    label=Text(ko="지도의 계산식", en="formula of the map"),
                    arrays=["maps", "weight", "features"],
                    open=False,
                    equation=map_equation,
                    statement=Text(
                        ko="지도는 (평가 모드에서의) 특징 지도에 그 클래스의 가중치를 곱해 더한 값이어야 합니다.",
                        en="A map must be the sum of the feature maps (in evaluation mode), weighted as the class has them.",
                    ),
                    **CAM_TOLERANCE,
                    points=2,
                ),
                Relation(
                    "mean of the map + bias = logit",
                    label=Text(ko="지도의 평균과 logit", en="mean of the map and the logit"),
                    arrays=["maps", "bias", "logits", "network_logits"],
                    equation=mean_equation,
                    statement=Text(
                        ko="지도의 평균에 편향을 더하면 돌려준 logit과도, 네트워크의 logit과도 같아야 합니다.",
                        en="The mean of a map plus the bias must equal both the logits returned and the network's.",
                    ),
                    **CAM_TOLERANCE,
                    points=1,
                ),
                Picture("figure", points=1),
                Relation(
                    "what is drawn",
                    label=Text(ko="그려진 그림과 지도", en="picture and map drawn"),
                    arrays=["drawn_image", "drawn_maps"],
                    equation=drawing_equation,
                    statement=Text(
                        ko="두 축에 각각 그림과 그 클래스의 지도가 그려져 있어야 합니다.",
                        en="In each of the two axes there must be the image and the map of that class.",
                    ),
                    rtol=0,
                    atol=1e-6,
                    points=0.5,
                ),
                Relation(
                    "map over the whole image",
                    label=Text(ko="지도가 덮는 범위", en="extent of the map"),
                    arrays=["extents"],
                    equation=extent_equation,
                    statement=Text(
                        ko="지도는 그림 전체를 덮어야 합니다: extent=(0, W, H, 0).",
                        en="The map must cover the whole image: extent=(0, W, H, 0).",
                    ),
                    rtol=0,
                    atol=1,  # pixels: (-0.5, W-0.5, H-0.5, -0.5) and (0, W-1, H-1, 0) will do too
                    points=0.5,
                ),
            ],
        ),
    ],
)
