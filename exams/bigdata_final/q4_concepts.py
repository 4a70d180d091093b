"""Question 4 of the big-data final: shapes, a cosine regression and how it was fitted, and CNNs."""

from __future__ import annotations

import numpy as np

from autograder import Choice, Limit, OneOf, Part, Question, Text

# -- the interface: what a student fills in -----------------------------------------------------------------

CONV_SHAPE: tuple[int, ...] | None = None  # the shape that comes out, batch axis included
FLATTEN_SHAPE: tuple[int, ...] | None = None  # the shape that comes out, batch axis included
MODEL_STATEMENTS: list[str] | None = None  # who is right: names out of hayoung, jaein, seoyeon, gyubin
FIT_STATEMENTS: list[str] | None = None  # who is right: names out of jaein, seoyeon, gyubin, hayoung
CNN_STATEMENTS: list[bool] | None = None  # five answers, True or False, in the order of the statements


# -- probes: worker side ------------------------------------------------------------------------------------


def given(seed, profile):
    """Nothing: the answers are the same whatever the data."""
    return {}


def form_of(value):
    """Return what a value is, in words: "tuple of int", "list of str and NoneType", "str"."""
    if not isinstance(value, tuple | list | set):
        return type(value).__name__
    kinds = " and ".join(dict.fromkeys(type(item).__name__ for item in value)) or "nothing"
    return f"{type(value).__name__} of {kinds}"


def shape_of(name, value):
    """The facts about a shape: its lengths, and "tuple of int" where a tuple or list of numbers is given."""
    if type(value).__name__ == "TensorShape":  # what a TensorFlow tensor has
        value = tuple(value)
    numbers = isinstance(value, tuple | list) and all(
        isinstance(length, int | np.integer) and not isinstance(length, bool) for length in value
    )
    if not numbers or not value:
        return {f"{name}_form": form_of(value)}
    return {f"{name}_form": "tuple of int", name: [int(length) for length in value]}


def probe_conv_shape(student, given, device):
    return shape_of("CONV_SHAPE", student.CONV_SHAPE)


def probe_flatten_shape(student, given, device):
    return shape_of("FLATTEN_SHAPE", student.FLATTEN_SHAPE)


SPELLINGS = {
    "hayoung": ("하영", "hayoung", "hayeong"),
    "jaein": ("재인", "jaein"),
    "seoyeon": ("서연", "seoyeon"),
    "gyubin": ("규빈", "gyubin", "kyubin"),
}


def person(name):
    """Return the person meant by a name, in Korean or Latin letters, or None."""
    plain = "".join(letter for letter in name.lower() if letter.isalnum())
    return next((who for who, spellings in SPELLINGS.items() if plain in spellings), None)


def people_of(name, value):
    """The facts about a list of names: who is in it and who is not, where all names are known."""
    if not isinstance(value, tuple | list | set) or not all(isinstance(item, str) for item in value):
        return {f"{name}_form": form_of(value)}
    if unknown := [item for item in value if person(item) is None]:
        return {f"{name}_form": f"unknown name {unknown[0][:40]!r}"}
    chosen = {person(item) for item in value}
    return {f"{name}_form": "list of names", name: {who: who in chosen for who in SPELLINGS}}


def probe_model_statements(student, given, device):
    return people_of("MODEL_STATEMENTS", student.MODEL_STATEMENTS)


def probe_fit_statements(student, given, device):
    return people_of("FIT_STATEMENTS", student.FIT_STATEMENTS)


CNN_ITEMS = ["convolution_is_linear", "mse_only", "adam_only", "cnn_only_for_images", "colour_only"]


def probe_cnn_statements(student, given, device):
    value = student.CNN_STATEMENTS
    if not isinstance(value, tuple | list) or not all(isinstance(item, bool | np.bool_) for item in value):
        return {"CNN_STATEMENTS_form": form_of(value)}
    facts = {"CNN_STATEMENTS_form": f"{len(value)} bool"}
    if len(value) == len(CNN_ITEMS):
        facts |= {name: bool(answer) for name, answer in zip(CNN_ITEMS, value, strict=True)}
    return facts


# -- what is asked ------------------------------------------------------------------------------------------


def in_form(name, form):
    """Required, and public: the answer can be read."""
    return OneOf(f"{name}_form", options=[form])


MODEL_KO = """다음 모형을 생각하자.

$$y_i = \\beta_0 + \\sum_{k=1}^{5} \\beta_k \\cos(k t_i) + \\epsilon_i$$

여기에서 $t=(t_1,\\dots,t_{1000})=$ `np.linspace(0,5,1000)` 이고 $\\epsilon_i \\overset{iid}{\\sim} N(0,\\sigma^2)$, 즉
서로 독립이고 분산이 같은 정규분포에서 뽑은 표본이다. 이 모형에서 다음 자료를 관측하였다.

    np.random.seed(43052)
    t = np.linspace(0,5,1000)
    y = -2 + 3*np.cos(t) + 1*np.cos(2*t) + 0.5*np.cos(5*t) + np.random.randn(1000)*0.2
    plt.plot(t,y,'.',alpha=0.1)
"""
MODEL_EN = """Consider the model

$$y_i = \\beta_0 + \\sum_{k=1}^{5} \\beta_k \\cos(k t_i) + \\epsilon_i$$

where $t=(t_1,\\dots,t_{1000})=$ `np.linspace(0,5,1000)` and $\\epsilon_i \\overset{iid}{\\sim} N(0,\\sigma^2)$: independent
draws from a normal distribution, all of the same variance. These data were observed:

    np.random.seed(43052)
    t = np.linspace(0,5,1000)
    y = -2 + 3*np.cos(t) + 1*np.cos(2*t) + 0.5*np.cos(5*t) + np.random.randn(1000)*0.2
    plt.plot(t,y,'.',alpha=0.1)
"""

# The losses told in fit_statements, 0.386 and 8.18, are those of one run: tf.keras.utils.set_random_seed(43052),
# TensorFlow 2.21, Keras 3.15, CPU, one thread, 2026-11-21.
QUESTION = Question(
    title=Text(ko="합성곱, 모형의 적합, CNN의 개념", en="Concepts: convolution, fitting a model, CNNs"),
    framework="python",
    given=given,
    interface=["CONV_SHAPE", "FLATTEN_SHAPE", "MODEL_STATEMENTS", "FIT_STATEMENTS", "CNN_STATEMENTS"],
    pool=2,
    setup=Limit(seconds=60, memory_mb=8192),  # answers may have been computed: importing keras is allowed
    parts=[
        Part(
            name="conv_shape",
            points=2,
            statement=Text(
                ko="""shape이 (128,128,3)인 텐서 하나가 `tf.keras.layers.Conv2D(5,(2,2))` 로 만든 커널을 통과하면 어떤 shape이 되는가?
Keras의 레이어는 배치를 입력으로 받으므로, 이 텐서를 1개짜리 배치 (1,128,128,3)으로 넣는다. 나오는 shape을 배치 축까지 모두
`CONV_SHAPE` 에 적어라. 예: `CONV_SHAPE = (1, 2, 3, 4)`. (배치 축이 없는 답은 인정하지 않는다.)""",
                en="""One tensor of shape (128,128,3) goes through the kernels of `tf.keras.layers.Conv2D(5,(2,2))`. What is
the shape of what comes out? A Keras layer takes a batch, so the tensor goes in as a batch of one, (1,128,128,3).
Put the whole shape that comes out, batch axis included, into `CONV_SHAPE`, for instance
`CONV_SHAPE = (1, 2, 3, 4)`. (An answer without the batch axis does not count.)""",
            ),
            probe=probe_conv_shape,
            limit=Limit(seconds=5),
            checks=[in_form("CONV_SHAPE", "tuple of int"), Choice("CONV_SHAPE", points=2)],
        ),
        Part(
            name="flatten_shape",
            points=2,
            statement=Text(
                ko="""shape이 (24,24,16)인 텐서 하나가 `tf.keras.layers.Flatten()` 을 통과하면 어떤 shape이 되는가? 앞에서와 같이 이
텐서를 1개짜리 배치 (1,24,24,16)으로 넣는다. 나오는 shape을 배치 축까지 모두 `FLATTEN_SHAPE` 에 적어라.""",
                en="""One tensor of shape (24,24,16) goes through `tf.keras.layers.Flatten()`. What is the shape of what comes
out? As before it goes in as a batch of one, (1,24,24,16). Put the whole shape that comes out, batch axis
included, into `FLATTEN_SHAPE`.""",
            ),
            probe=probe_flatten_shape,
            limit=Limit(seconds=5),
            checks=[in_form("FLATTEN_SHAPE", "tuple of int"), Choice("FLATTEN_SHAPE", points=2)],
        ),
        Part(
            name="model_statements",
            points=2,
            statement=Text(
                ko=MODEL_KO
                + """
이 모형에 대하여 옳게 말한 사람을 모두 골라라. 다른 사람의 말을 두고 한 말은 그 말까지 따져서 판단한다.

- 하영(hayoung): 이 모형에서 MSEloss를 최소화하는 $\\hat{\\beta}_0,\\dots,\\hat{\\beta}_5$ 를 구하는 것은 우도함수를 최대화하는
  $\\hat{\\beta}_0,\\dots,\\hat{\\beta}_5$ 를 구하는 것과 같다.
- 재인(jaein): 하영의 말이 옳은 것은 오차항이 정규분포를 따른다고 가정하기 때문이다.
- 서연(seoyeon): 학습률을 알맞게 골라도, 경사하강법으로는 MSEloss를 최소화하는 $\\hat{\\beta}_0,\\dots,\\hat{\\beta}_5$ 를 구하지
  못하는 일이 종종 생긴다. 손실함수가 convex하지 않아 local minimum에 빠질 위험이 있기 때문이다.
- 규빈(gyubin): 경사하강법 대신 확률적 경사하강법을 쓰면 local minimum을 언제나 탈출할 수 있다. 따라서 서연이 말한 문제는
  생기지 않는다.

`MODEL_STATEMENTS` 에 이름의 리스트로 답하라. 한글과 로마자 모두 된다. 예: `MODEL_STATEMENTS = ["서연", "gyubin"]`.""",
                en=MODEL_EN
                + """
Who is right about this model? Name all of them. Where one speaks about another's words, those count too.

- Hayoung: In this model, finding the $\\hat{\\beta}_0,\\dots,\\hat{\\beta}_5$ that minimise the MSE loss is the same as finding
  those that maximise the likelihood.
- Jaein: What Hayoung says is right because the errors are assumed to be normally distributed.
- Seoyeon: Even with a suitable learning rate, gradient descent often cannot find the
  $\\hat{\\beta}_0,\\dots,\\hat{\\beta}_5$ that minimise the MSE loss, because the loss is not convex and one may be caught in a local
  minimum.
- Gyubin: With stochastic gradient descent in place of gradient descent one can always escape from a local
  minimum. So the problem that Seoyeon speaks of does not arise.

Answer with a list of names in `MODEL_STATEMENTS`, for instance `MODEL_STATEMENTS = ["seoyeon", "gyubin"]`.""",
            ),
            probe=probe_model_statements,
            limit=Limit(seconds=5),
            checks=[in_form("MODEL_STATEMENTS", "list of names"), Choice("MODEL_STATEMENTS", points=2)],
        ),
        Part(
            name="fit_statements",
            points=2,
            statement=Text(
                ko=MODEL_KO
                + """
이 자료를 다음과 같이 학습하였다.

    y = y.reshape(1000,1)
    x1 = np.cos(t)
    x2 = np.cos(2*t)
    x3 = np.cos(3*t)
    x4 = np.cos(4*t)
    x5 = np.cos(5*t)
    X = tf.stack([x1,x2,x3,x4,x5],axis=1)
    net = tf.keras.Sequential()
    net.add(tf.keras.layers.Dense(1))
    net.compile(loss='mse',optimizer='adam')
    net.fit(X,y,epochs=500,batch_size=100,validation_split=0.45,verbose=0)
    plt.plot(y,'.',alpha=0.1)
    plt.plot(net(X),'--')

초기값은 임의로 정해지므로 결과는 실행할 때마다 다르다. 한 번의 실행에서 마지막 train loss는 0.39, validation loss는 8.2였다.
오차항의 분산은 $0.2^2=0.04$ 이다. 직접 실행해 보아도 좋다. 옳게 해석한 사람을 모두 골라라.

- 재인(jaein): 처음 550개의 자료만 학습하고, 뒤의 450개는 학습하지 않고 validation에 썼다.
- 서연(seoyeon): validation 자료에 대한 적합 결과가 좋지 않다.
- 규빈(gyubin): validation 자료에 잘 적합되지 않은 것은 오버피팅의 증상이다. 따라서 네트워크에 드랍아웃층을 추가하면 오버피팅을
  막는 효과가 있어 validation loss가 줄어들 것이다.
- 하영(hayoung): 이 모형에서는 더 많은 epoch으로 학습하면 train loss와 validation loss를 둘 다 줄일 수 있다.

`FIT_STATEMENTS` 에 이름의 리스트로 답하라. 한글과 로마자 모두 된다.""",
                en=MODEL_EN
                + """
They were fitted as follows.

    y = y.reshape(1000,1)
    x1 = np.cos(t)
    x2 = np.cos(2*t)
    x3 = np.cos(3*t)
    x4 = np.cos(4*t)
    x5 = np.cos(5*t)
    X = tf.stack([x1,x2,x3,x4,x5],axis=1)
    net = tf.keras.Sequential()
    net.add(tf.keras.layers.Dense(1))
    net.compile(loss='mse',optimizer='adam')
    net.fit(X,y,epochs=500,batch_size=100,validation_split=0.45,verbose=0)
    plt.plot(y,'.',alpha=0.1)
    plt.plot(net(X),'--')

The start is random, so the result differs from run to run. In one run the last training loss was 0.39 and the
last validation loss 8.2. The errors have the variance $0.2^2=0.04$. You may run it yourself. Who reads the result
rightly? Name all of them.

- Jaein: Only the first 550 data were learnt from; the other 450 were not, and served for validation.
- Seoyeon: The fit on the validation data is not good.
- Gyubin: The bad fit on the validation data is a symptom of overfitting. So with a dropout layer added to the
  network, overfitting would be prevented and the validation loss would fall.
- Hayoung: With this model, training for more epochs can lower both the training loss and the validation loss.

Answer with a list of names in `FIT_STATEMENTS`.""",
            ),
            probe=probe_fit_statements,
            limit=Limit(seconds=5),
            checks=[in_form("FIT_STATEMENTS", "list of names"), Choice("FIT_STATEMENTS", points=2)],
        ),
        Part(
            name="cnn_statements",
            points=2,
            statement=Text(
                ko="""다음이 참인지 거짓인지 판별하라.

1. 합성곱(convolution, 편향을 더하기 전의 연산)은 선형변환이다.
2. CNN을 이용할 때에는 손실함수로 언제나 MSEloss를 선택해야 한다.
3. CNN은 adam optimizer로만 최적화할 수 있다.
4. 이미지자료는 CNN으로만 분석할 수 있고, DNN(Dense층만으로 된 신경망)으로는 분석할 수 없다.
5. CNN은 칼라이미지에만 적용할 수 있다.

`CNN_STATEMENTS` 에 True 또는 False 다섯 개를 차례로 적은 리스트로 답하라. 하나에 0.4점이다.""",
                en="""True or false?

1. Convolution (what is done before a bias is added) is a linear transformation.
2. With a CNN one always has to choose the MSE loss.
3. A CNN can be optimised with the adam optimiser only.
4. Image data can be analysed with a CNN only; a DNN (a network of Dense layers alone) cannot analyse them.
5. A CNN can be applied to colour images only.

Answer with a list of five True or False, in this order, in `CNN_STATEMENTS`. Each is worth 0.4 points.""",
            ),
            probe=probe_cnn_statements,
            limit=Limit(seconds=5),
            checks=[
                in_form("CNN_STATEMENTS", "5 bool"),
                *(Choice(name, points=0.4) for name in CNN_ITEMS),
            ],
        ),
    ],
)
