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
from exams._shared.found_online import SIDE

from .probes import SAMPLES, SEED


def shaped(array, *shape):
    """An array of this shape, None for any length; an equation fails with any other."""
    if array.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        raise ValueError(f"an array has shape {array.shape}")
    return array.astype(np.float64) if array.dtype.kind == "f" else array


# -- crawl --------------------------------------------------------------------------------------------------


@relation(
    label=Text(ko="키워드", en="keywords"),
    statement=Text(
        ko="서로 다른 두 키워드를 골라야 하며, 'iu'와 'hynn'은 안 됩니다.",
        en="There must be two different keywords, neither of them 'iu' or 'hynn'.",
    ),
)
def keywords(allowed):
    return allowed, np.array([2, 2])


@relation(
    label=Text(ko="키워드마다 한 폴더", en="one folder per keyword"),
    statement=Text(
        ko="folder 안에는 키워드와 이름이 같은 폴더 둘만 있어야 합니다.",
        en="In folder there must be two folders, named as the keywords, and no other.",
    ),
)
def one_folder_per_keyword(folders):
    return folders, np.array([1, 1, 0])


@relation(
    label=Text(ko="저장한 파일", en="stored files"),
    statement=Text(
        ko="저장한 파일은 모두 끝까지 읽히는 그림이어야 합니다(클래스별 그림 수 = 파일 수).",
        en="Every saved file must be a picture that can be read to its end (pictures = files).",
    ),
)
def only_pictures(files):
    return files[:, 1], np.maximum(files[:, 0], 1)


@relation(
    label=Text(ko="중복된 그림", en="duplicate pictures"),
    statement=Text(
        ko="같은 그림을 두 번 저장하면 안 됩니다(클래스별 서로 다른 그림 수 = 그림 수).",
        en="No picture may be saved twice (different pictures = pictures, per class).",
    ),
)
def no_duplicates(files):
    return files[:, 2], np.maximum(files[:, 1], 1)


@relation(
    label=Text(ko="그림의 수", en="number of pictures"),
    statement=Text(
        ko="두 클래스 모두 서로 다른 그림이 count장 이상 있어야 합니다.",
        en="Each of the two classes must have `count` different pictures or more.",
    ),
)
def enough_pictures(files, count):
    return np.minimum(files[:, 2], count), np.full(2, count)


# Of 255, on average over a thumbnail: JPEG with quality 75 differs by 1.7 at most, two pictures by 25 and more.
SERVED_TOLERANCE = 5


@relation(
    label=Text(ko="키워드의 그림", en="pictures of the keyword"),
    statement=Text(
        ko="폴더의 그림은 모두 서버가 그 키워드로 보여 준 그림이어야 합니다.",
        en="Each picture in a folder must be one that the server has for that keyword.",
    ),
    rtol=0,
    atol=0,
)
def pictures_of_the_keyword(thumbnails, thumbnail_class, pictures):
    """Each thumbnail is that of a picture of its class, as nearly as JPEG keeps it."""
    kinds = pictures.astype(np.float64).reshape(2, -1, 8, SIDE // 8, 8, SIDE // 8, 3).mean((3, 5))
    shown = shaped(thumbnails, None, 8, 8, 3)
    own = kinds[shaped(thumbnail_class, len(shown))]  # (files, n, 8, 8, 3)
    gaps = np.abs(own - shown[:, None]).mean(axis=(2, 3, 4)).min(axis=1)
    return np.where(gaps <= SERVED_TOLERANCE, 0, gaps), np.zeros(max(len(gaps), 1))


POLITE = 200  # requests; all pages and results of two keywords are 46, in the full profile 110


@relation(
    label=Text(ko="서버에 보낸 요청", en="requests to the server"),
    statement=Text(
        ko="그림은 서버에 요청하여 받은 것이어야 하고, 요청은 모두 200번을 넘지 않아야 합니다.",
        en="The pictures must have been requested from the server, with no more than 200 requests in all.",
    ),
)
def polite_requests(requests, files):
    total, *served = requests
    wanted = files[:, 2].max(initial=1)
    return np.array([max(total, POLITE), *np.minimum(served, wanted)]), np.array([POLITE, wanted, wanted])


# -- dls ----------------------------------------------------------------------------------------------------


@relation(
    label=Text(ko="두 클래스", en="two classes"),
    statement=Text(
        ko="dls.vocab은 두 클래스 폴더의 이름이어야 합니다.",
        en="dls.vocab must be the names of the two folders of classes.",
    ),
)
def two_classes(vocab):
    return vocab, np.arange(2)


@relation(
    label=Text(ko="그림의 라벨", en="labels of the pictures"),
    statement=Text(
        ko="각 그림의 라벨은 그 그림이 든 폴더여야 합니다.",
        en="The label of each picture must be the folder that it lies in.",
    ),
)
def labels_of_folders(train, train_labels, valid, valid_labels, folders):
    items = np.concatenate([train, valid])
    return np.concatenate([train_labels, valid_labels]), shaped(folders, None)[items]


@relation(
    label=Text(ko="학습·검증 자료의 분할", en="split into training and validation"),
    statement=Text(
        ko="모든 그림이 학습 자료와 검증 자료 중 꼭 한 곳에 있어야 하고, 검증 자료는 전체 그림의 20%(소수점 아래는 버림)여야 합니다.",
        en="Every picture must be in exactly one of the training and the validation set, and the validation set must "
        "have 20 % of the pictures, rounded down.",
    ),
)
def split(train, valid, folders):
    items, n = np.concatenate([train, valid]), len(folders)
    return np.append(np.sort(items), len(valid)), np.append(np.arange(n), n // 5)


@relation(
    label=Text(ko="같은 seed의 같은 분할", en="same split for the same seed"),
    statement=Text(
        ko="같은 seed로 두 번 부르면 검증 자료가 같아야 합니다.",
        en="Called twice with the same seed, it must draw the same validation set.",
    ),
)
def same_split_again(valid, valid_again):
    return np.sort(valid_again), np.sort(valid)


# -- train --------------------------------------------------------------------------------------------------


@relation(
    label=Text(ko="모든 배치로 학습", en="training on every batch"),
    statement=Text(
        ko="epochs 에폭 동안 모든 배치로 학습하고 그 기록이 남아 있어야 합니다.",
        en="It must have been trained on every batch for `epochs` epochs, with the losses on record.",
    ),
)
def trained_on_every_batch(steps, losses, batches):
    """fine_tune has one more epoch, with a frozen body."""
    seen = np.array([steps.min(), len(losses)])
    return np.minimum(seen, batches), np.repeat(batches, 2)


# Of its length: fit_one_cycle moves a layer by 0.001 to 0.02 in mini, the slow layers of fine_tune by 7e-6 and more.
# Another start is 1.4 lengths away, and a frozen layer does not move at all.
LEAST_MOVE, MOST_MOVE = 1e-6, 0.7


@relation(
    label=Text(ko="처음 가중치에서 움직인 층", en="layers moved from the seeded start"),
    statement=Text(
        ko="첫 합성곱층, 마지막 합성곱층, 마지막 선형층의 가중치가 torch.manual_seed(seed)로 정해진 처음 값에서 "
        "출발하여 조금씩 움직였어야 합니다.",
        en="The first and last convolution and the last linear layer must have moved a little, each from the "
        "start that torch.manual_seed(seed) gives.",
    ),
)
def layers_moved(before, after):
    start, end = (shaped(weights, 3, SAMPLES) for weights in (before, after))
    length = np.linalg.norm(end - start, axis=1) / np.linalg.norm(start, axis=1)
    return length, np.clip(length, LEAST_MOVE, MOST_MOVE)


RECORDED = {"rtol": {"cpu": 1e-4, "cuda": 1e-3}, "atol": {"cpu": 1e-4, "cuda": 1e-3}}


@relation(
    label=Text(ko="기록된 검증 손실", en="recorded validation loss"),
    statement=Text(
        ko="마지막으로 기록된 검증 손실은 네트워크의 출력에서 계산한 cross entropy와 같아야 합니다.",
        en="The last recorded validation loss must be the cross entropy of the network's outputs.",
    ),
    **RECORDED,
)
def recorded_loss(valid_loss, logits, labels):
    logits, labels = shaped(logits, None, 2), shaped(labels, None)
    logs = logits - logits.max(axis=1, keepdims=True)
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    return valid_loss, -logs[np.arange(len(labels)), labels].mean()


@relation(
    label=Text(ko="기록된 오류율", en="recorded error rate"),
    statement=Text(
        ko="마지막으로 기록된 error_rate는 네트워크의 출력에서 계산한 오류율과 같아야 합니다.",
        en="The last recorded error_rate must be that of the network's outputs.",
    ),
    **RECORDED,
)
def recorded_error_rate(error_rate, logits, labels):
    return error_rate, (shaped(logits, None, 2).argmax(axis=1) != shaped(labels, None)).mean()


# -- cam ----------------------------------------------------------------------------------------------------

# float32 against float64, 20 seeds, maps of up to 88: at most 5e-5 in a map, 2e-5 in a logit. The nearest mistake,
# the bias forgotten, is 0.5 away and more. On CUDA, where nothing was measured, sums may run in another order.
CAM_TOLERANCE = {"rtol": {"cpu": 1e-5, "cuda": 1e-4}, "atol": {"cpu": 2e-4, "cuda": 2e-3}}


@relation(
    label=Text(ko="특징 맵의 평균", en="mean of the feature maps"),
    statement=Text(
        ko="네트워크의 logit은 특징 맵의 평균에 선형층을 적용한 값이어야 합니다.",
        en="The network's logits must be the linear layer of the means of the feature maps.",
    ),
    **CAM_TOLERANCE,
)
def pooled_by_the_mean(network_logits, head_weight, head_bias, features):
    means = shaped(features, 512, None, None).mean(axis=(1, 2))
    return network_logits, shaped(head_weight, 2, 512) @ means + shaped(head_bias, 2)


@relation(
    label=Text(ko="맵의 계산식", en="formula of the map"),
    statement=Text(
        ko="맵은 (평가 모드에서의) 특징 맵에 그 클래스의 가중치를 곱해 더한 값이어야 합니다.",
        en="A map must be the sum of the feature maps (in evaluation mode), weighted as the class has them.",
    ),
    open=False,
    **CAM_TOLERANCE,
)
def weighted_features(maps, head_weight, features):
    return maps, np.einsum("ck,khw->chw", shaped(head_weight, 2, 512), shaped(features, 512, None, None))


@relation(
    label=Text(ko="맵의 평균과 logit", en="mean of the map and the logit"),
    statement=Text(
        ko="맵의 평균에 편향을 더하면 반환한 logit과도, 네트워크의 logit과도 같아야 합니다.",
        en="The mean of a map plus the bias must equal both the logits returned and the network's.",
    ),
    **CAM_TOLERANCE,
)
def mean_of_the_map(maps, head_bias, logits, network_logits):
    expected = shaped(maps, 2, None, None).mean(axis=(1, 2)) + shaped(head_bias, 2)
    return np.stack([logits, network_logits]), np.stack([expected, expected])


@relation(
    label=Text(ko="그려진 그림과 지도", en="picture and map drawn"),
    statement=Text(
        ko="두 축에 각각 그림과 그 클래스의 맵이 그려져 있어야 합니다.",
        en="In each of the two axes there must be the image and the map of that class.",
    ),
    rtol=0,
    atol=1e-6,
)
def picture_and_map(drawn_image, drawn_maps, image):
    image = image.astype(np.float64)
    left = np.concatenate([drawn_image.ravel(), drawn_maps.ravel()])
    return left, np.concatenate([np.tile(image.transpose(1, 2, 0).ravel(), 2), image[:2, ::32, ::32].ravel()])


@relation(
    label=Text(ko="맵이 덮는 범위", en="extent of the map"),
    statement=Text(
        ko="맵은 그림 전체를 덮어야 합니다: extent=(0, W, H, 0).",
        en="The map must cover the whole image: extent=(0, W, H, 0).",
    ),
    rtol=0,
    atol=1,  # pixels: (-0.5, W-0.5, H-0.5, -0.5) and (0, W-1, H-1, 0) will do too
)
def map_over_the_image(extents, image):
    _, height, width = image.shape
    return extents, np.tile([0.0, width, height, 0.0], (2, 1))


# -- what is asked ------------------------------------------------------------------------------------------

FROM_FOLDER = Text(ko="from_folder의 사용", en="use of from_folder")
HEAD = Text(ko="헤드의 파라미터", en="parameters of the head")
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
        ko="각 클래스의 맵을 그림 위에 놓은 것. 위는 제출한 것, 아래는 기준.",
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
            pictures=[CRAWLED],
            settings={"count": 10},
            vary={"count": [6, 7, 8]},
            limit=Limit(
                seconds=60, memory_mb=4096, threads=64, processes=16, loopback=True
            ),  # verify_images starts some
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
                Facts("from_folder", expected=True, label=FROM_FOLDER, points=0.5, open=True),
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
                Facts("architecture", expected={"convolutions": 36, "parameters": 21_284_672}, points=0.5),
                trained_on_every_batch.worth(2),
                layers_moved.worth(3),
                recorded_loss.worth(1.5),
                recorded_error_rate.worth(1),
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
            pictures=[MAPS],
            settings={"size": 32, "lr": 1e-3},
            vary={"lr": [5e-4, 2e-3]},
            limit=Limit(seconds=120, memory_mb=4096, output_kb=4096),
            checks=[
                Facts("head", expected=[2 * 512, 2], label=HEAD, points=0.5, open=True),
                pooled_by_the_mean.worth(1),
                weighted_features.worth(2.5),
                mean_of_the_map.worth(1.5),
                picture_and_map.worth(0.5),
                Picture("figure", points=0.5),
                map_over_the_image.worth(0.5),
                Essay(
                    "CAM_REASON",
                    points=1,
                    rubric=Text(
                        ko="자기가 학습한 네트워크의 맵에서 어느 부분의 값이 큰지를 그림 속의 사물(배경, 무늬, 가장자리 등)로 말하고, 그것이 "
                        "클래스를 가르는 근거로 알맞은지 판단한다 1점. 제출한 학습으로 그린 그림이 아래에 있다. 맵과 관계없는 "
                        "일반론만 쓰면 0점.",
                        en="1 point for saying, by the maps of their own trained network, where the map is large in terms of what the "
                        "picture shows (background, pattern, edge, ...), and whether that is a good reason for the class. The "
                        "picture below was drawn with their training. Generalities that refer to no map earn nothing.",
                    ),
                ),
            ],
        ),
    ],
)
