"""Question 3 of the midterm: ten statements about a fastai run and about networks, true or false."""

from __future__ import annotations

import numpy as np

from autograder import Choice, Limit, OneOf, Part, Question, Text

# -- the interface: what a student fills in -----------------------------------------------------------------

ITEM_1: bool | None = None  # X holds grey images, of shape (n, 1, 28, 28): True or False?
ITEM_2: bool | None = None  # the loss was CrossEntropyLoss
ITEM_3: bool | None = None  # the code is transfer learning with resnet34
ITEM_4: bool | None = None  # lrnr.model and X[0] are on the GPU
ITEM_5: bool | None = None  # softmax of the output is near [0, 1]
ITEM_6: bool | None = None  # Linear(1, 1) has two parameters
ITEM_7: bool | None = None  # Linear(4, 1) and the 2 by 2 Conv2d have equally many parameters
ITEM_8: bool | None = None  # two linear layers approximate every continuous function
ITEM_9: bool | None = None  # Dropout(0.9) zeroes 10% of its input
ITEM_10: bool | None = None  # BCELoss of a linear layer and a sigmoid is convex


# -- probe: worker side -------------------------------------------------------------------------------------


def given(seed, profile):
    """Nothing: a statement is true or false whatever the data."""
    return {}


def plain(value):
    """Return a truth value, number, text or None as it is, and of anything else the name of its type."""
    if isinstance(value, np.bool_):
        return bool(value)
    return value if value is None or isinstance(value, bool | int | str) else type(value).__name__


def probe_item(student, given, device):
    name = f"ITEM_{given['item']}"
    return {name: plain(getattr(student, name))}


# -- what is asked ------------------------------------------------------------------------------------------


def item(number, ko, en):
    """A statement to be judged; the key is the solution's, where an experiment stands behind it."""
    name = f"ITEM_{number}"
    answer = Text(
        ko=f"\n\n참이면 `{name} = True`, 거짓이면 `{name} = False` 로 답하라.",
        en=f"\n\nAnswer with `{name} = True` or `{name} = False`.",
    )
    return Part(
        name=f"item_{number}",
        points=3,
        statement=Text(ko=ko + answer.ko, en=en + answer.en),
        probe=probe_item,
        settings={"item": number},
        limit=Limit(seconds=5),
        checks=[OneOf(name, options=[True, False]), Choice(name, points=3)],
    )


QUESTION = Question(
    title=Text(ko="MNIST_SAMPLE과 신경망에 대한 참·거짓", en="MNIST_SAMPLE and networks: true or false"),
    framework="python",
    given=given,
    interface=[f"ITEM_{number}" for number in range(1, 11)],
    pool=2,
    setup=Limit(seconds=60, memory_mb=8192),  # answers may have been computed: importing fastai is allowed
    parts=[
        item(
            1,
            """다음은 fastai로 MNIST 자료의 일부(숫자 3과 7의 28×28 이미지)를 분석하는 코드의 일부이다. 1번부터 5번까지는 이 코드와
출력에 대한 설명이다.

    path = untar_data(URLs.MNIST_SAMPLE)
    dls = ImageDataLoaders.from_folder(path, shuffle=False)
    lrnr = cnn_learner(dls, arch=resnet34, metrics=error_rate)
    lrnr.fine_tune(1)
    X, y = dls.one_batch()
    lrnr.model(X[0].reshape(1,3,28,28))

마지막 줄의 출력은 다음과 같다.

    TensorBase([[ 3.4148, -5.0356]], device='cuda:0', grad_fn=<AliasBackward0>)

(1) MNIST는 흑백이미지이므로 X에도 이미지가 흑백으로 들어 있다. 즉 X의 shape은 (n,1,28,28)의 꼴이다.
(힌트: 마지막 줄의 `reshape` 를 잘 보라.)""",
            """This is part of a program that uses fastai to analyse a piece of MNIST (28×28 images of the digits 3 and
7). Items 1 to 5 are about this program and its output.

    path = untar_data(URLs.MNIST_SAMPLE)
    dls = ImageDataLoaders.from_folder(path, shuffle=False)
    lrnr = cnn_learner(dls, arch=resnet34, metrics=error_rate)
    lrnr.fine_tune(1)
    X, y = dls.one_batch()
    lrnr.model(X[0].reshape(1,3,28,28))

The last line prints

    TensorBase([[ 3.4148, -5.0356]], device='cuda:0', grad_fn=<AliasBackward0>)

(1) MNIST images are grey, so X holds them as grey images: its shape is of the form (n,1,28,28).
(Hint: look closely at the `reshape` in the last line.)""",
        ),
        item(
            2,
            """1번의 코드에서 `lrnr.model(X[0].reshape(1,3,28,28))` 의 출력

    TensorBase([[ 3.4148, -5.0356]], device='cuda:0', grad_fn=<AliasBackward0>)

으로 미루어 볼 때, 손실함수로는 `torch.nn.CrossEntropyLoss` 를 썼을 것이다.""",
            """In the program of item 1, `lrnr.model(X[0].reshape(1,3,28,28))` gives

    TensorBase([[ 3.4148, -5.0356]], device='cuda:0', grad_fn=<AliasBackward0>)

From this output one gathers that the loss was `torch.nn.CrossEntropyLoss`.""",
        ),
        item(
            3,
            """1번의 코드

    lrnr = cnn_learner(dls, arch=resnet34, metrics=error_rate)
    lrnr.fine_tune(1)

는 resnet34를 이용한 전이학습(transfer learning)을 구현한 것이다.""",
            """The lines

    lrnr = cnn_learner(dls, arch=resnet34, metrics=error_rate)
    lrnr.fine_tune(1)

of the program of item 1 are transfer learning with resnet34.""",
        ),
        item(
            4,
            """1번의 코드에서 마지막 줄 `lrnr.model(X[0].reshape(1,3,28,28))` 의 출력은
`TensorBase([[ 3.4148, -5.0356]], device='cuda:0', grad_fn=<AliasBackward0>)` 이다. 이때 `lrnr.model` 과 `X[0]` 은
모두 GPU로 연산할 수 있는 저장장치(GPU의 메모리)에 있다.""",
            """The last line of the program of item 1, `lrnr.model(X[0].reshape(1,3,28,28))`, gives
`TensorBase([[ 3.4148, -5.0356]], device='cuda:0', grad_fn=<AliasBackward0>)`. At that time both `lrnr.model` and
`X[0]` are in storage that the GPU computes with (the GPU's memory).""",
        ),
        item(
            5,
            """1번의 출력 `TensorBase([[ 3.4148, -5.0356]], device='cuda:0', grad_fn=<AliasBackward0>)` 에 softmax함수를
취하면 [0,1] 에 가까운 값, 즉 첫째 성분은 0에, 둘째 성분은 1에 가까운 값이 나온다.""",
            """Softmax of the output of item 1, `TensorBase([[ 3.4148, -5.0356]], device='cuda:0',
grad_fn=<AliasBackward0>)`, is near [0,1]: its first component is near 0 and its second near 1.""",
        ),
        item(
            6,
            "`torch.nn.Linear(in_features=1, out_features=1, bias=True)` 의 학습가능한 파라메터는 2개이다.",
            "`torch.nn.Linear(in_features=1, out_features=1, bias=True)` has 2 learnable parameters.",
        ),
        item(
            7,
            """다음 두 레이어는 학습가능한 파라메터의 수가 같다.

- `torch.nn.Linear(in_features=4, out_features=1, bias=False)`
- `torch.nn.Conv2d(in_channels=1, out_channels=1, kernel_size=(2,2), bias=False)`""",
            """These two layers have the same number of learnable parameters.

- `torch.nn.Linear(in_features=4, out_features=1, bias=False)`
- `torch.nn.Conv2d(in_channels=1, out_channels=1, kernel_size=(2,2), bias=False)`""",
        ),
        item(
            8,
            """다음 네트워크에서 K를 충분히 크게 하면 (닫힌 구간에서 정의된) 모든 1차원 연속함수를 원하는 정확도로 근사할 수 있다.

    net = torch.nn.Sequential(
        torch.nn.Linear(in_features=1, out_features=K),
        torch.nn.Linear(in_features=K, out_features=1)
    )""",
            """With K great enough, this network approximates every continuous function of one variable (on a closed
interval) as accurately as one likes.

    net = torch.nn.Sequential(
        torch.nn.Linear(in_features=1, out_features=K),
        torch.nn.Linear(in_features=K, out_features=1)
    )""",
        ),
        item(
            9,
            "`torch.nn.Dropout(0.9)` 로 만든 레이어는 학습할 때 입력의 10%를 임의로 골라 0으로 만든다.",
            "In training, a layer made by `torch.nn.Dropout(0.9)` sets 10% of its input, chosen at random, to 0.",
        ),
        item(
            10,
            """자료가 다음 모형에서 생성되었다고 하자.

$$y_i \\sim Ber(\\pi_i), \\quad \\pi_i = \\frac{\\exp(w_0+w_1x_i)}{1+\\exp(w_0+w_1x_i)}$$

네트워크와 손실함수로 다음을 선택하면, 손실함수는 언제나 $(w_0, w_1)$ 의 볼록함수(convex function)이다. (부동소수점 계산의
오차나 한계는 생각하지 않는다.)

    net = torch.nn.Sequential(
        torch.nn.Linear(in_features=1, out_features=1),
        torch.nn.Sigmoid()
    )
    loss_fn = torch.nn.BCELoss()""",
            """Suppose that the data come from the model

$$y_i \\sim Ber(\\pi_i), \\quad \\pi_i = \\frac{\\exp(w_0+w_1x_i)}{1+\\exp(w_0+w_1x_i)}$$

With the network and loss below, the loss is always a convex function of $(w_0, w_1)$. (Leave the errors and
limits of floating-point numbers aside.)

    net = torch.nn.Sequential(
        torch.nn.Linear(in_features=1, out_features=1),
        torch.nn.Sigmoid()
    )
    loss_fn = torch.nn.BCELoss()""",
        ),
    ],
)
