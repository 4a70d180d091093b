"""The mistakes that students make: hi?hello!!."""

from autograder import Mistake, Text

SCRATCH = frozenset({"rnn_from_scratch", "lstm_from_scratch"})
LAYERS = frozenset({"rnn", "lstm"})
LOOPS = SCRATCH | {"rnn_cell", "lstm_cell"}
ALL = LAYERS | LOOPS

MISTAKES = [
    Mistake(
        name="forgot_zero_grad",
        explanation=Text(
            ko="optimizer.zero_grad()를 빠뜨려 미분계수가 에폭마다 누적되었습니다.",
            en="optimizer.zero_grad() is missing, so the gradients of all earlier epochs add up.",
        ),
        loses=ALL,
        edits=[("        optimizer.zero_grad()\n", "")],
    ),
    Mistake(
        name="softmax_before_the_loss",
        explanation=Text(
            ko="CrossEntropyLoss에 softmax를 취한 값을 넣었습니다. 이 손실 함수는 로짓을 받으며 softmax를 포함합니다.",
            en="CrossEntropyLoss was given softmax values; it takes logits and has the softmax inside.",
        ),
        loses=ALL,
        edits=[("loss_fn(output, y)", "loss_fn(torch.softmax(output, dim=1), y)")],
    ),
    Mistake(
        name="logits_as_probabilities",
        explanation=Text(
            ko="softmax를 취하지 않고 로짓을 확률로 돌려주었습니다.",
            en="The logits were returned as probabilities, without a softmax.",
        ),
        loses=ALL,
        edits=[("torch.softmax(output, dim=1)", "output")],
    ),
    Mistake(
        name="probabilities_after_the_update",
        explanation=Text(
            ko="probabilities를 마지막 갱신 뒤에 다시 계산했습니다. 마지막 에폭의 로짓, 곧 갱신 전의 값을 씁니다.",
            en="The probabilities were computed anew after the last update; those before it are asked for.",
        ),
        loses=ALL,
        edits=[("torch.softmax(output, dim=1)", "torch.softmax(network(x), dim=1)")],
    ),
    Mistake(
        name="seed_not_set",
        explanation=Text(
            ko="torch.manual_seed(seed)를 부르지 않아 초기값이 정해지지 않았습니다.",
            en="torch.manual_seed(seed) was not called, so that the initial values are not those of the seed.",
        ),
        loses=ALL,
        edits=[("    torch.manual_seed(seed)\n", "")],
    ),
    Mistake(
        name="head_before_recurrent",
        explanation=Text(
            ko="Linear를 순환신경망보다 먼저 만들어 초기값이 달라졌습니다.",
            en="The Linear layer was built before the recurrent network, which changes the initial values.",
        ),
        loses=ALL,
        edits=[
            (
                "    cell = recurrent(7, hidden)\n    head = torch.nn.Linear(hidden, 7)\n",
                "    head = torch.nn.Linear(hidden, 7)\n    cell = recurrent(7, hidden)\n",
            )
        ],
    ),
    Mistake(
        name="hidden_state_not_carried",
        explanation=Text(
            ko="은닉 상태를 다음 문자로 넘기지 않아 앞의 문자를 기억하지 못합니다.",
            en="The hidden state is not carried to the next character, so that nothing is remembered.",
        ),
        loses=LOOPS,
        edits=[
            ("self.recurrent(xt, h)", "self.recurrent(xt, torch.zeros_like(h))"),
            (
                "self.recurrent(xt, (h, c))",
                "self.recurrent(xt, (torch.zeros_like(h), torch.zeros_like(c)))",
            ),
        ],
    ),
    Mistake(
        name="hidden_state_not_reset",
        explanation=Text(
            ko="은닉 상태를 에폭마다 0으로 되돌리지 않고 앞 에폭의 마지막 값에서 이어 갔습니다.",
            en="The hidden state is not reset to zero in every epoch, but goes on from the epoch before.",
        ),
        loses=LOOPS,
        appended="""

class Steps(Network):
    h = torch.zeros(8)

    def forward(self, x):
        h, hidden = self.h.to(x.device), []
        for xt in x:
            h = self.recurrent(xt, h)
            hidden.append(h)
        self.h = h.detach()
        return self.head(torch.stack(hidden))


class MemorySteps(Network):
    h = c = torch.zeros(4)

    def forward(self, x):
        h, c, hidden = self.h.to(x.device), self.c.to(x.device), []
        for xt in x:
            h, c = self.recurrent(xt, (h, c))
            hidden.append(h)
        self.h, self.c = h.detach(), c.detach()
        return self.head(torch.stack(hidden))
""",
    ),
    Mistake(
        name="sequence_as_batch",
        explanation=Text(
            ko="x의 첫 축을 시간이 아니라 배치로 넣어, 문자마다 길이 1인 수열이 되었습니다.",
            en="The first axis of x went in as the batch, not as time: every character is a sequence of its own.",
        ),
        loses=LAYERS,
        edits=[
            (
                "        hidden, _ = self.recurrent(x)\n        return self.head(hidden)\n",
                "        hidden, _ = self.recurrent(x[None])\n        return self.head(hidden[0])\n",
            )
        ],
    ),
    Mistake(
        name="wrong_hidden_size",
        explanation=Text(
            ko="LSTM의 은닉 노드는 4개인데 8개로 두었습니다.",
            en="The LSTM has 8 hidden nodes here; 4 are asked for.",
        ),
        loses=frozenset({"lstm", "lstm_cell", "lstm_from_scratch"}),
        edits=[("LSTM_HIDDEN = 4\n", "LSTM_HIDDEN = 8\n")],
    ),
    Mistake(
        name="gates_in_wrong_order",
        explanation=Text(
            ko="게이트의 순서가 다릅니다. torch의 가중치는 i, f, g, o의 순서입니다.",
            en="The gates are in the wrong order: torch's weights are those of i, f, g, o.",
        ),
        loses=frozenset({"lstm_from_scratch"}),
        edits=[("i, f, g, o = (", "i, f, o, g = (")],
    ),
    Mistake(
        name="tanh_missing",
        explanation=Text(
            ko="은닉 상태를 계산할 때 tanh를 빠뜨렸습니다.", en="The tanh of the hidden state is missing."
        ),
        loses=SCRATCH,
        edits=[
            ("torch.tanh(self.i2h(x) + self.h2h(h))", "self.i2h(x) + self.h2h(h)"),
            ("torch.sigmoid(o) * torch.tanh(c), c", "torch.sigmoid(o) * c, c"),
        ],
    ),
    Mistake(
        name="initial_values_not_copied",
        explanation=Text(
            ko="직접 만든 신경망에 cell의 초기값을 복사하지 않았습니다.",
            en="The initial values of the cell were not copied to the network by hand.",
        ),
        loses=SCRATCH,
        appended="""

def copy_initial_values(hand, cell):
    pass
""",
    ),
    Mistake(
        name="no_class",
        explanation=Text(
            ko="torch.nn.Module을 상속받은 자신의 클래스가 없습니다. (3)에서는 클래스를 정의해야 합니다.",
            en="There is no class of your own that inherits from torch.nn.Module; (3) asks for one.",
        ),
        loses=frozenset({"rnn_from_scratch"}),
        appended="""

def train_rnn_from_scratch(x, y, epochs, lr, seed, device):
    cell, head = build(torch.nn.RNNCell, RNN_HIDDEN, seed)
    network = torch.nn.ModuleDict(
        {"i2h": torch.nn.Linear(7, 8), "h2h": torch.nn.Linear(8, 8), "head": head}
    )
    network.i2h, network.h2h = network["i2h"], network["h2h"]
    copy_initial_values(network, cell)

    def forward(x):
        h, hidden = torch.zeros(8, device=x.device), []
        for xt in x:
            h = torch.tanh(network["i2h"](xt) + network["h2h"](h))
            hidden.append(h)
        return network["head"](torch.stack(hidden))

    network.forward = forward
    return fit(network, x, y, epochs, lr, device)
""",
    ),
    Mistake(
        name="built_in_cell_trained",
        explanation=Text(
            ko="torch의 셀이 계산했습니다. torch.nn.RNNCell과 LSTMCell은 초기값을 설정하는 데만 쓸 수 있습니다.",
            en="torch's own cell computed. torch.nn.RNNCell and LSTMCell may only serve to set the initial values.",
        ),
        loses=SCRATCH,
        edits=[
            ("Steps(HandRNNCell(cell), head)", "Steps(cell, head)"),
            ("HandLSTMCell(cell), head", "cell, head"),
        ],
    ),
    Mistake(
        name="width_from_the_text",
        explanation=Text(
            ko="one_hot의 폭을 정하지 않아, 나오지 않는 문자가 있으면 열이 모자랍니다. num_classes를 쓰세요.",
            en="The width of one_hot is left to the text, so that columns are missing for characters that do not "
            "occur. Use num_classes.",
        ),
        loses=frozenset({"rnn"}),
        edits=[("one_hot(codes, num_classes=len(mapping))", "one_hot(codes)")],
    ),
    Mistake(
        name="every_row_drawn",
        explanation=Text(
            ko="처음 열 행이 아니라 모든 행을 그렸습니다.", en="All rows were drawn instead of the first ten."
        ),
        loses=ALL,
        edits=[("probabilities[:10]", "probabilities")],
    ),
    Mistake(
        name="no_tick_labels",
        explanation=Text(
            ko="가로축 눈금에 문자를 적지 않았습니다.",
            en="The characters are missing at the ticks of the x axis.",
        ),
        loses=ALL,
        edits=[("    axes.set_xticks(range(len(letters)), labels=letters)\n", "")],
    ),
    Mistake(
        name="never_updated",
        explanation=Text(
            ko="optimizer.step()을 부르지 않아 가중치가 한 번도 갱신되지 않았습니다.",
            en="optimizer.step() was never called, so that no weight was updated.",
        ),
        loses=ALL,
        edits=[("        optimizer.step()\n", "")],
    ),
    Mistake(
        name="sgd_instead_of_adam",
        explanation=Text(ko="Adam 대신 SGD로 갱신했습니다.", en="SGD was used where Adam is asked."),
        loses=ALL,
        edits=[("torch.optim.Adam(", "torch.optim.SGD(")],
    ),
    Mistake(
        name="cells_for_layers",
        explanation=Text(
            ko="torch.nn.RNN, torch.nn.LSTM 대신 RNNCell, LSTMCell을 이용했습니다.",
            en="RNNCell and LSTMCell were used in place of torch.nn.RNN and torch.nn.LSTM.",
        ),
        loses=LAYERS,
        appended="""

train_rnn, train_lstm = train_rnn_cell, train_lstm_cell
""",
    ),
]
