"""Question 3 of the big-data final: any network that tells the ten classes of CIFAR-10 apart well enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder import AtLeast, Facts, Finite, Limit, Part, Question, Relation, Shape, Text
from autograder.pictures import ContactSheet

if TYPE_CHECKING:
    import keras

# -- the interface: what a student fills in -----------------------------------------------------------------


def build_and_train(X: np.ndarray, y: np.ndarray, seed: int) -> keras.Model:
    """Build a network of your own design, train it and return it. Not called if TRAINED_MODEL names a file.

    X has shape (n, 32, 32, 3), dtype float32, values from 0 to 1 (divided by 255 already); y is one-hot of
    shape (n, 10). Begin with keras.utils.set_random_seed(seed). n is 50000, or some hundreds or thousands.
    """
    raise NotImplementedError


def predict_probabilities(model: keras.Model, XX: np.ndarray) -> np.ndarray:
    """Return the ten classes' softmax probabilities, shape (m, 10), for the pictures XX, (m, 32, 32, 3)."""
    raise NotImplementedError


TRAINED_MODEL: str = ""  # the .keras file that you hand in beside this module, or "" to train here


# -- what is given ------------------------------------------------------------------------------------------

PUBLIC_SEED = 1213  # the document's
REQUIRED = 0.70  # the document: only a test accuracy of 70 % and more counts
# The ten kinds of drawn pictures, 400 to learn from and 200 to be told: five times a guesser's 0.10 (one in
# 10^45 gets so far). Over 12 seeds the solution has 0.91 to 0.99, and a plain network of three convolutions more
# than this after 10 epochs and after 20: data/measured/bigdata_final/q3_cifar10_accuracies.json has all numbers.
REQUIRED_MINI = 0.50
# Five thousand pictures, or 300 drawn ones, are too few to be good, but enough to be better than a guess:
# one guesser in 3,000 gets 0.15 of 500 right, none in a hundred million 0.30 of 150.
REQUIRED_FEW = {"full": 0.15, "mini": 0.30}
FEW = {"full": (5000, 500), "mini": (300, 150)}  # pictures to learn from, to be told


def given(seed, profile, data):
    """The document's own data for its seed: all pictures, uint8 (n, 32, 32, 3), and labels 0..9, int64 (n,).

    Another seed gives a few of them, the test pictures mirrored, so that a network that learns is quick and a
    table of the known test pictures is of no use. `required_accuracy`, 0-d, is what is asked of the variant.
    """
    cifar10, draw = data["cifar10"], np.random.default_rng(seed)
    train = mixed(cifar10.train_labels, draw)
    test = mixed(cifar10.test_labels, draw)
    test_images, required = cifar10.test_images, REQUIRED if profile == "full" else REQUIRED_MINI
    if seed != PUBLIC_SEED:
        few_train, few_test = FEW[profile]
        train, test = draw.permutation(train)[:few_train], draw.permutation(test)[:few_test]
        test_images, required = test_images[:, :, ::-1], REQUIRED_FEW[profile]
    return {
        "train_images": cifar10.train_images[train],
        "train_labels": cifar10.train_labels[train],
        "test_images": np.ascontiguousarray(test_images[test]),
        "test_labels": cifar10.test_labels[test],
        "required_accuracy": np.array(required),
        "seed": np.array(seed),
    }


def mixed(labels, draw):
    """The official order is mixed and stays; folders of images come class by class, which gives labels away."""
    order = np.arange(len(labels))
    return draw.permutation(order) if (np.diff(labels) >= 0).all() else order


# -- the trusted side's view --------------------------------------------------------------------------------

GUESSED = Text(
    ko="시험 자료의 정확도가 {got:.4f}입니다. {required:.2f} 이상이어야 합니다.",
    en="The accuracy on the test pictures is {got:.4f}, at least {required:.2f} is needed.",
)
NOT_ONE_ROW_EACH = Text(
    ko="그림마다 한 행씩의 확률이 아니어서 정확도를 계산할 수 없습니다.",
    en="There is not one row of probabilities for each picture, so there is no accuracy.",
)


def accuracy(seen):
    """The share of the withheld labels that are the row's greatest probability, or why it is too little."""
    labels, rows = seen.inputs["test_labels"], seen.evidence.arrays.get("probabilities")
    if rows is None or rows.shape != (len(labels), 10) or rows.dtype.kind not in "iuf":
        return NOT_ONE_ROW_EACH
    got, required = float(np.mean(rows.argmax(axis=1) == labels)), float(seen.inputs["required_accuracy"])
    return got if got >= required else GUESSED.format(got=got, required=required)


def number_of_pictures(evidence, inputs):
    return np.array(evidence["probabilities"].shape), np.array([len(inputs["test_images"]), 10])


def rows_sum_to_one(evidence, inputs):
    return evidence["probabilities"].sum(axis=1, dtype=np.float64), np.ones(len(inputs["test_images"]))


def nothing_below_zero(evidence, inputs):
    return np.minimum(evidence["probabilities"], 0), np.zeros((len(inputs["test_images"]), 10))


def same_picture_same_row(evidence, inputs):
    rows = evidence["probabilities"]
    return evidence["asked_again"], rows[asked_again(len(inputs["test_images"]))]


# -- the probe: worker side ---------------------------------------------------------------------------------

RECOGNISED = 200  # training pictures that are asked about, to tell what went wrong


def asked_again(count):
    """Which pictures are shown a second time, alone and backwards."""
    return np.arange(count)[::-1][:: max(1, count // 50)]


def probe_classifier(student, given, device):
    import tensorflow as tf

    from autograder.probing.arrays import to_numpy

    def predict(model, pictures):
        return to_numpy(student.predict_probabilities(model, pictures), "predict_probabilities(model, XX)")

    def scaled(pictures):
        return pictures.astype(np.float32) / 255

    X, XX = scaled(given["train_images"]), scaled(given["test_images"])
    y = np.eye(10, dtype=np.float32)[given["train_labels"]]
    known, labels = X[:RECOGNISED].copy(), given["train_labels"][:RECOGNISED]
    with tf.device("/GPU:0" if device.startswith("cuda") else "/CPU:0"):
        model = model_of(student, X, y, int(given["seed"]))
        del X, y
        probabilities = predict(model, XX)
        again = predict(model, XX[asked_again(len(XX))])
        facts = {"outputs": outputs(probabilities, again), "trained": trained(model)}
        if facts["outputs"] == OUTPUTS:
            facts["recognised"] = recognised(lambda pictures: predict(model, pictures), known, labels)
    return {"probabilities": probabilities, "asked_again": again, **facts}


def model_of(student, X, y, seed):
    """The model that the student hands in, loaded without running code of its file, or else trains here."""
    import os

    import keras

    from autograder.probing.arrays import BadReturnError

    name = str(getattr(student, "TRAINED_MODEL", ""))
    if not name:
        model = student.build_and_train(X, y, seed)
    elif not name.endswith(".keras") or os.path.basename(name) != name:
        raise BadReturnError(
            f"TRAINED_MODEL must be the name of a .keras file beside the module, got {name!r}"
        )
    elif not os.path.isfile(name):
        raise BadReturnError(f"TRAINED_MODEL: there is no file {name!r} beside the module")
    else:
        try:
            model = keras.saving.load_model(name, safe_mode=True)
        except Exception as error:
            raise BadReturnError(f"TRAINED_MODEL: {name} cannot be loaded: {error}") from error
    if not isinstance(model, keras.Model):
        raise BadReturnError(f"build_and_train must return a keras.Model, got {type(model).__name__}")
    return model


OUTPUTS = {"from 0 to 1": True, "rows sum to 1": True, "columns sum to 1": False, "repeatable": True}


def outputs(rows, again):
    """What kind of numbers these are: the same for everyone who makes the same mistake, whatever the network."""
    if rows.ndim != 2 or again.ndim != 2 or not np.isfinite(rows).all():
        return {}
    chosen = rows[asked_again(len(rows))]
    return {
        "from 0 to 1": bool((rows >= 0).all() and (rows <= 1 + 1e-3).all()),
        "rows sum to 1": bool(np.allclose(rows.sum(axis=1), 1, atol=5e-3)),
        "columns sum to 1": bool(np.allclose(rows.sum(axis=0), 1, atol=5e-3)),
        "repeatable": bool(chosen.shape == again.shape and np.allclose(chosen, again, atol=5e-3)),
    }


def trained(model):
    """False if the model was compiled, but its optimiser never made a step."""
    optimizer = getattr(model, "optimizer", None)
    return optimizer is None or int(optimizer.iterations) > 0


def recognised(predict, pictures, labels):
    """In which form the model knows its training pictures best; as they are, unless another is far better.

    0.2 of 200 is four standard deviations between two accuracies near 1/2, and more elsewhere. A network that
    guesses knows 0.1, drawn pictures, which look alike within a class, up to 0.2.
    """
    forms = {
        "as they are": pictures,
        "divided by 255": pictures / 255,
        "times 255": pictures * 255,
        "cut up by reshape": pictures.transpose(0, 3, 1, 2).reshape(pictures.shape),
        "colours apart, by reshape": pictures.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1),
    }
    chosen = predict(np.concatenate(list(forms.values()))).argmax(axis=1).reshape(len(forms), -1)
    found = dict(zip(forms, (chosen == labels).mean(axis=1).tolist(), strict=True))
    best = max(found, key=lambda name: found[name])
    if found[best] < found["as they are"] + 0.2:
        best = "as they are"
    return best if found[best] >= 0.3 else "in no form"


# -- what is drawn ------------------------------------------------------------------------------------------

KINDS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
UNSURE = 24  # pictures that are shown


def least_certain(evidence, inputs):
    """The test pictures about which the network is least certain: no label is needed to know them."""
    probabilities = evidence["probabilities"]
    most = probabilities.max(axis=1)
    order = np.argsort(most, kind="stable")[:UNSURE]
    return [
        (f"{KINDS[probabilities[i].argmax()]} {most[i]:.0%}", inputs["test_images"][i])
        for i in order.tolist()
    ]


DOUBTS = ContactSheet(
    Text(
        ko="시험 그림 가운데 네트워크가 가장 자신 없어 하는 것들과, 그것을 무엇으로 보았는지.",
        en="The test pictures about which the network is least certain, and what it takes them for.",
    ),
    images=least_certain,
)

# -- what is asked ------------------------------------------------------------------------------------------


# Measured in float32: rows sum to one within 3e-7, and a picture asked about again gives the same row to the
# bit; float16 allows 1e-3. The nearest mistakes: a sigmoid's rows miss one by more than 1, a row changes by 0.05
# and more when batch statistics are left on.
NEARLY = {"rtol": 0, "atol": 5e-3}

QUESTION = Question(
    title=Text(ko="CIFAR10 분류", en="Classifying CIFAR10"),
    framework="tensorflow",
    seed=PUBLIC_SEED,
    pool=2,
    datasets=["cifar10"],
    given=given,
    withheld=frozenset({"test_labels"}),
    preamble="import numpy as np\nimport tensorflow as tf\nimport keras",
    interface=[build_and_train, predict_probabilities, "TRAINED_MODEL"],
    setup=Limit(seconds=120, memory_mb=4096, evidence_mb=512),
    parts=[
        Part(
            name="classifier",
            points=30,
            statement=Text(
                ko="""`tf.keras.datasets.cifar10.load_data()` 의 CIFAR10 자료를 적당한 네트워크로 적합하라. CIFAR10은 비행기,
자동차, 새, 고양이, 사슴, 개, 개구리, 말, 배, 트럭의 열 종류로 된 32×32 칼라 그림이며 훈련 자료가 50000장, 시험
자료가 10000장이다. 채점기는 다음과 같이 준비된 `X`, `y` 와 `XX` 를 건네준다. 시험 자료의 라벨 `yy` 는 주지 않는다.

    (x_train, y_train), (x_test, y_test) = tf.keras.datasets.cifar10.load_data()
    X = x_train.reshape(-1,32,32,3)/255         # (50000, 32, 32, 3), 0..1, float32
    y = tf.keras.utils.to_categorical(y_train)  # (50000, 10)
    XX = x_test.reshape(-1,32,32,3)/255         # (10000, 32, 32, 3)

- 모형은 자유롭게 설계한다. 층의 종류와 수, optimizer, epoch, batch size를 모두 스스로 정한다.
- 결과를 텐서보드로 시각화할 필요는 없다.
- **시험 자료의 정확도가 70% 이상인 경우에만 정답으로 인정한다.** 정확도는 제출된 확률
  $\\hat{p}_{ik}$ 와 감추어 둔 라벨 $y_i$ 로 채점기가 직접 계산한다.
  $$\\text{accuracy} = \\frac{1}{m}\\sum_{i=1}^{m} 1\\{\\arg\\max_k \\hat{p}_{ik} = y_i\\}$$
- `build_and_train(X, y, seed)` 는 네트워크를 학습하여 돌려주고, `predict_probabilities(model, XX)` 는 softmax
  확률을 모양 (m, 10)으로 돌려준다. 각 행은 $\\hat{p}_{ik} \\ge 0$, $\\sum_k \\hat{p}_{ik} = 1$ 이어야 하고, 같은 그림의
  확률은 함께 넣은 다른 그림과 관계없이 같아야 한다(dropout과 배치정규화는 예측할 때 추론 모드로).
- 학습이 오래 걸리면 미리 학습한 모형을 `model.save("이름.keras")` 로 저장하여 모듈과 같은 폴더에 함께 제출하고
  `TRAINED_MODEL = "이름.keras"` 로 적는다. 그러면 `build_and_train` 은 호출되지 않는다. 파일은 `safe_mode` 로만
  읽으므로 Lambda 층은 쓸 수 없고, 직접 만든 층은 모듈에 정의하여 `keras.saving.register_keras_serializable` 로
  등록한다.
- 채점기는 적은 그림으로도 같은 함수를 부른다. 비공개 검사에서는 5000장으로 학습하고 좌우로 뒤집은 500장을 맞히는데,
  찍는 것보다 나으면(0.15 이상) 된다. 자가 점검(mini)에서는 코드로 그린 열 종류의 그림 400장으로 학습하여 다른
  200장에서 0.50 이상이어야 하고, 300장으로 학습하는 변형에서는 0.30 이상이면 된다. epoch 수를 `len(X)` 에 따라
  정하라. 배치정규화의 이동평균은 momentum이 0.99이면 갱신을 수백 번 해야 자리를 잡는다.

힌트: 합성곱층 → maxpooling → 배치정규화 → relu 를 세 번 쌓은 작은 네트워크로도 3 epoch에 70%를 넘을 수 있다.

    (32,32,3) ─ Conv ─ MaxPool ─ (16,16,·) ─ Conv ─ MaxPool ─ (8,8,·)
              ─ Conv ─ MaxPool ─ (4,4,·) ─ Flatten ─ 10""",
                en="""Fit the CIFAR10 data of `tf.keras.datasets.cifar10.load_data()` with a suitable network. CIFAR10 holds
32×32 colour pictures of ten kinds: airplane, automobile, bird, cat, deer, dog, frog, horse, ship and truck; 50000
to learn from and 10000 to be tested on. You are handed `X`, `y` and `XX`, prepared as follows. The labels `yy` of
the test pictures are not handed out.

    (x_train, y_train), (x_test, y_test) = tf.keras.datasets.cifar10.load_data()
    X = x_train.reshape(-1,32,32,3)/255         # (50000, 32, 32, 3), 0..1, float32
    y = tf.keras.utils.to_categorical(y_train)  # (50000, 10)
    XX = x_test.reshape(-1,32,32,3)/255         # (10000, 32, 32, 3)

- The design is free: layers, optimiser, epochs and batch size are all yours to choose.
- There is no need to show anything in TensorBoard.
- **Only a test accuracy of 70 % or more counts.** The grader computes it from the probabilities
  $\\hat{p}_{ik}$ that you submit and the labels $y_i$ that it keeps.
  $$\\text{accuracy} = \\frac{1}{m}\\sum_{i=1}^{m} 1\\{\\arg\\max_k \\hat{p}_{ik} = y_i\\}$$
- `build_and_train(X, y, seed)` trains the network and returns it; `predict_probabilities(model, XX)` returns its
  softmax probabilities, of shape (m, 10). In every row $\\hat{p}_{ik} \\ge 0$ and $\\sum_k \\hat{p}_{ik} = 1$, and a
  picture's row may not depend on the pictures beside it (predict with dropout and batch normalisation in inference
  mode).
- If training takes long, train beforehand, save with `model.save("name.keras")`, hand the file in beside the module
  and write `TRAINED_MODEL = "name.keras"`; then `build_and_train` is not called. The file is read in `safe_mode`
  only: no Lambda layers; define layers of your own in the module and register them with
  `keras.saving.register_keras_serializable`.
- The same functions are called with fewer pictures, too. The hidden checks train on 5000 and ask about 500 mirrored
  ones: better than guessing (0.15 and more) is enough. The self-check (mini) trains on 400 pictures of ten kinds that
  were drawn by code, and asks for 0.50 and more on 200 others; a variant with 300 asks for 0.30. Let the number of
  epochs depend on `len(X)`; the moving averages of batch normalisation with momentum 0.99 take hundreds of updates.

Hint: a small network, three times convolution → max pooling → batch normalisation → relu, can pass 70 % in 3 epochs.

    (32,32,3) ─ Conv ─ MaxPool ─ (16,16,·) ─ Conv ─ MaxPool ─ (8,8,·)
              ─ Conv ─ MaxPool ─ (4,4,·) ─ Flatten ─ 10""",
            ),
            probe=probe_classifier,
            pictures=[DOUBTS],
            limit=Limit(seconds=1800, memory_mb=8192, scratch_mb=256, output_kb=4096),
            checks=[
                Shape("probabilities", (None, 10)),
                Finite("probabilities"),
                Facts("outputs", expected=OUTPUTS, open=True),
                Relation(
                    "one row for each picture",
                    arrays=["probabilities"],
                    equation=number_of_pictures,
                    open=True,
                    statement=Text(
                        ko="시험 그림마다 확률 열 개가 한 행씩 있어야 합니다.",
                        en="There must be one row of ten probabilities for each test picture.",
                    ),
                    **NEARLY,
                ),
                Relation(
                    "rows sum to one",
                    arrays=["probabilities"],
                    equation=rows_sum_to_one,
                    statement=Text(
                        ko="각 행의 확률을 더하면 1이어야 합니다.",
                        en="The probabilities of each row must sum to one.",
                    ),
                    **NEARLY,
                ),
                Relation(
                    "no negative probability",
                    arrays=["probabilities"],
                    equation=nothing_below_zero,
                    statement=Text(ko="확률은 음수일 수 없습니다.", en="A probability cannot be negative."),
                    **NEARLY,
                ),
                Relation(
                    "same picture, same probabilities",
                    arrays=["asked_again", "probabilities"],
                    equation=same_picture_same_row,
                    statement=Text(
                        ko="같은 그림의 확률은 다른 그림과 함께 물어도 같아야 합니다.",
                        en="A picture's probabilities must be the same when it is asked about among others.",
                    ),
                    **NEARLY,
                ),
                AtLeast("test accuracy", metric=accuracy, bound=0.0, points=30),
                Facts("trained", expected=True, points=0),
                Facts("recognised", expected="as they are", points=0),
            ],
        ),
    ],
)
