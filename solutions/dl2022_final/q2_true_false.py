"""A perfect submission to question 2 of the final, with the experiment behind each answer.

`experiment_N()` computes what ITEM_N must be; tests/test_concepts.py runs them all.
"""

from autograder import Mistake, Text

ITEM_1 = False
ITEM_2 = True
ITEM_3 = True
ITEM_4 = False
ITEM_5 = False


# -- the experiments ----------------------------------------------------------------------------------------


def count(layer):
    return sum(parameter.numel() for parameter in layer.parameters())


def reach(cell, steps=100):
    """How much the first of `steps` inputs still moves the last hidden state, against the last input."""
    import torch

    inputs = torch.randn(steps, 8, dtype=torch.float64, requires_grad=True)
    state = None
    for row in inputs:
        state = cell(row, state)
    hidden = state[0] if isinstance(state, tuple) else state
    (gradient,) = torch.autograd.grad(hidden.sum(), inputs)
    return (gradient[0].norm() / gradient[-1].norm()).item()


def experiment_1():
    """The gradient reaches 100 steps back through an LSTM with forget bias 1, not through an RNN."""
    import torch

    rnn_reaches_further = []
    for seed in range(10):
        torch.manual_seed(seed)
        rnn, lstm = torch.nn.RNNCell(8, 8).double(), torch.nn.LSTMCell(8, 8).double()
        with torch.no_grad():
            lstm.bias_ih[8:16], lstm.bias_hh[8:16] = 1.0, 0.0
        rnn_reaches_further.append(reach(rnn) > reach(lstm))
    return any(rnn_reaches_further)


def experiment_2():
    """Two rows of length 1, and one weight with one bias."""
    import torch

    embedding = torch.nn.Embedding(num_embeddings=2, embedding_dim=1)
    return count(embedding) == count(torch.nn.Linear(in_features=1, out_features=1)) == 2


def experiment_3():
    """Calling a module calls its forward."""
    import torch

    torch.manual_seed(0)
    net = torch.nn.Linear(1, 1)
    inputs = [scale * torch.randn(n, 1) for n in (1, 7, 1000) for scale in (1e-3, 1.0, 1e6)]
    return all(torch.equal(net(x), net.forward(x)) for x in inputs)


def remark_hooks_are_skipped():
    """Only net(x) runs the hooks, so that with one the two may differ."""
    import torch

    net, x = torch.nn.Linear(1, 1), torch.ones(1, 1)
    net.register_forward_hook(lambda module, inputs, output: output + 1)
    return torch.equal(net(x), net.forward(x) + 1)


def experiment_4():
    """A linear layer, without memory, predicts every next character: each is decided by the one before."""
    import torch

    torch.manual_seed(0)
    text = torch.tensor([0, 1, 2, 3] * 25)
    x, y = torch.nn.functional.one_hot(text[:-1], 4).float(), text[1:]
    net = torch.nn.Linear(4, 4)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    memoryless_suffices = bool((net(x).argmax(dim=1) == y).all())
    return not memoryless_suffices


def experiment_5():
    """An RNN trained with MSELoss learns to continue a sine wave: 99% of the variance is explained."""
    import torch

    torch.manual_seed(0)
    wave = torch.sin(0.3 * torch.arange(101.0)).reshape(-1, 1)
    x, y = wave[:-1], wave[1:]
    rnn, head = torch.nn.RNN(1, 8), torch.nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.02)
    loss_fn = torch.nn.MSELoss()
    for _ in range(200):
        optimizer.zero_grad()
        loss = loss_fn(head(rnn(x)[0]), y)
        loss.backward()
        optimizer.step()
    another_loss_works = loss.item() < 0.01 * y.var().item()
    return not another_loss_works


# -- mistakes -----------------------------------------------------------------------------------------------

ANSWERS = {"ITEM_1": False, "ITEM_2": True, "ITEM_3": True, "ITEM_4": False, "ITEM_5": False}


def instead(number):
    """The edit that answers one item the other way."""
    name = f"ITEM_{number}"
    return [(f"{name} = {ANSWERS[name]}\n", f"{name} = {not ANSWERS[name]}\n")]


def written(true, false):
    """The edits that write these texts for the truth values."""
    return [
        (f"{name} = {answer}\n", f"{name} = {true if answer else false}\n")
        for name, answer in ANSWERS.items()
    ]


ALL = frozenset(f"item_{number}" for number in range(1, 6))

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
            ko="Embedding(2,1)은 길이 1인 벡터 2개로 파라메터가 2개이고 편향은 없습니다. Linear(1,1)은 bias=True가 "
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
    Mistake(
        name="answers_in_korean",
        explanation=Text(
            ko="'참', '거짓'이라는 문자열로 답했습니다. 따옴표 없이 True 또는 False로 쓰세요.",
            en="The answers are Korean words in quotation marks; write True or False without them.",
        ),
        loses=ALL,
        edits=written('"참"', '"거짓"'),
    ),
    Mistake(
        name="answers_in_quotation_marks",
        explanation=Text(
            ko="'True', 'False'라는 문자열로 답했습니다. 따옴표를 지우세요. 'False'는 조건문에서 참이 됩니다.",
            en="The answers are the texts 'True' and 'False'; remove the quotation marks. In a condition the text "
            "'False' counts as true.",
        ),
        loses=ALL,
        edits=written('"True"', '"False"'),
    ),
    Mistake(
        name="answers_as_numbers",
        explanation=Text(
            ko="1과 0으로 답했습니다. 진릿값 True 또는 False로 쓰세요.",
            en="The answers are 1 and 0; write the truth values True or False.",
        ),
        loses=ALL,
        edits=written("1", "0"),
    ),
]
