"""Question 2 of the final: five statements about recurrent networks and torch, true or false."""

from __future__ import annotations

import numpy as np

from autograder import Choice, Limit, OneOf, Part, Question, Text

# -- the interface: what a student fills in -----------------------------------------------------------------

ITEM_1: bool | None = None  # an RNN keeps long memories better than an LSTM: True or False?
ITEM_2: bool | None = None  # Embedding(2, 1) and Linear(1, 1) have equally many parameters
ITEM_3: bool | None = None  # net(x) and net.forward(x) are the same
ITEM_4: bool | None = None  # a, b, c, d, a, ... can be predicted by a recurrent network only
ITEM_5: bool | None = None  # with an RNN or LSTM the loss must be CrossEntropyLoss


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
        points=2,
        statement=Text(ko=ko + answer.ko, en=en + answer.en),
        probe=probe_item,
        settings={"item": number},
        limit=Limit(seconds=5),
        checks=[OneOf(name, options=[True, False]), Choice(name, points=2)],
    )


QUESTION = Question(
    title=Text(ko="순환신경망에 대한 참·거짓", en="Recurrent networks: true or false"),
    framework="python",
    given=given,
    interface=[f"ITEM_{number}" for number in range(1, 6)],
    pool=2,
    setup=Limit(seconds=60, memory_mb=8192),  # answers may have been computed: importing torch is allowed
    parts=[
        item(
            1,
            "RNN은 LSTM보다 장기기억, 즉 오래 전의 입력을 기억하는 데에 유리하다.",
            "An RNN is better than an LSTM at long-term memory, that is, at remembering inputs of long ago.",
        ),
        item(
            2,
            """`torch.nn.Embedding(num_embeddings=2, embedding_dim=1)` 과 `torch.nn.Linear(in_features=1, out_features=1)`
은 학습가능한 파라메터의 수가 같다.""",
            """`torch.nn.Embedding(num_embeddings=2, embedding_dim=1)` and `torch.nn.Linear(in_features=1,
out_features=1)` have the same number of learnable parameters.""",
        ),
        item(
            3,
            """다음 네트워크를 생각하자. (훅(hook)은 등록하지 않았다.)

    net = torch.nn.Linear(1,1)

shape이 (n,1)인 임의의 텐서 x에 대하여 `net(x)` 와 `net.forward(x)` 의 출력은 같다.""",
            """Consider this network, on which no hooks are registered.

    net = torch.nn.Linear(1,1)

For every tensor x of shape (n,1) the outputs of `net(x)` and `net.forward(x)` are the same.""",
        ),
        item(
            4,
            """다음과 같이 a,b,c,d가 되풀이되는 문자열에서 다음 문자를 맞히려면, 반드시 순환신경망으로 설계해야만 한다.

    a,b,c,d,a,b,c,d,…""",
            """To predict the next character of a text in which a,b,c,d repeat, as below, the network has to be a
recurrent one.

    a,b,c,d,a,b,c,d,…""",
        ),
        item(
            5,
            """RNN 또는 LSTM으로 신경망을 설계할 때에는 손실함수로 언제나 `torch.nn.CrossEntropyLoss` 를 써야 한다.""",
            """Whenever a network is built with an RNN or LSTM, the loss has to be `torch.nn.CrossEntropyLoss`.""",
        ),
    ],
)
