"""The mistakes that students make: true or false about recurrent networks."""

from autograder import Mistake, Text

ANSWERS = {"ITEM_1": False, "ITEM_2": True, "ITEM_3": True, "ITEM_4": False, "ITEM_5": False}


def instead(number):
    """The edit that answers one item the other way."""
    name = f"ITEM_{number}"
    return [(f"{name} = {ANSWERS[name]}\n", f"{name} = {not ANSWERS[name]}\n")]


# Of a statement there is one wrong truth value, so it can have one misconception: "everything true" and the
# like would be the same evidence, and say less about the matter.
MISTAKES = [
    Mistake(
        name="rnn_remembers_longer",
        explanation=Text(
            ko="RNN에서는 미분이 시점마다 tanh의 기울기와 가중치에 거듭 곱해져 기하급수로 사라집니다. LSTM은 셀 상태를 "
            "망각 게이트만 곱해 넘기므로 훨씬 멀리 전해집니다. 100시점에서 첫 입력의 영향을 비교해 보세요.",
            en="In an RNN the gradient is multiplied at every step by the slope of tanh and by the weights, and "
            "vanishes exponentially. An LSTM hands its cell state on through the forget gate alone, so that far "
            "more gets through. Compare the influence of the first input after 100 steps.",
        ),
        loses=frozenset({"item_1"}),
        edits=instead(1),
    ),
    Mistake(
        name="embedding_or_bias_miscounted",
        explanation=Text(
            ko="Embedding(2,1)은 길이 1인 벡터 2개로 파라미터가 2개이고 편향은 없습니다. Linear(1,1)은 bias=True가 "
            "기본값이어서 가중치 1개와 편향 1개, 역시 2개입니다.",
            en="Embedding(2,1) is 2 vectors of length 1 and no bias: 2 parameters. Linear(1,1) has bias=True by "
            "default: a weight and a bias, 2 as well.",
        ),
        loses=frozenset({"item_2"}),
        edits=instead(2),
    ),
    Mistake(
        name="call_taken_for_another_function",
        explanation=Text(
            ko="net(x)는 Module.__call__을 거쳐 net.forward(x)를 부릅니다. 훅을 등록하지 않았다면 두 결과는 같습니다.",
            en="net(x) goes through Module.__call__, which calls net.forward(x). Without hooks both give the same.",
        ),
        loses=frozenset({"item_3"}),
        edits=instead(3),
    ),
    Mistake(
        name="sequence_needs_recurrence",
        explanation=Text(
            ko="이 문자열에서는 바로 앞 문자만 보면 다음 문자가 정해집니다(a→b→c→d→a). 기억이 필요 없으므로 선형 레이어 "
            "하나로도 모두 맞힙니다. 순환이 필요한 것은 hi?hello!!처럼 같은 문자 뒤에 다른 문자가 올 때입니다.",
            en="Here each character is decided by the one before (a→b→c→d→a). No memory is needed: a single linear "
            "layer gets all of them right. Recurrence is needed where one character is followed by different ones, "
            "as in hi?hello!!.",
        ),
        loses=frozenset({"item_4"}),
        edits=instead(4),
    ),
    Mistake(
        name="cross_entropy_always",
        explanation=Text(
            ko="손실함수는 신경망의 종류가 아니라 맞히려는 값이 정합니다. 문자처럼 범주이면 CrossEntropyLoss이지만, 기온이나 "
            "주가처럼 실수이면 RNN에도 MSELoss를 씁니다.",
            en="The loss follows from what is predicted, not from the kind of network: CrossEntropyLoss for categories "
            "such as characters, but MSELoss, with an RNN too, for real numbers such as temperatures.",
        ),
        loses=frozenset({"item_5"}),
        edits=instead(5),
    ),
]
