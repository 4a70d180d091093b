"""The mistakes that students make in the recurrent network."""

from autograder import Equivalent, Mistake, Text

FIT = "\n\ndef fit(x, labels):\n"


def mistake(name, parts, told, *edits, appended=""):
    loses = frozenset(parts.split())
    return Mistake(name=name, explanation=Text(en=told), loses=loses, edits=edits, appended=appended)


MISTAKES = [
    mistake(
        "state_not_carried",
        "states classifier accuracy",
        "Every state is computed from the step alone, without the state before it.",
        (" + state @ w_state + bias", " + bias"),
    ),
    mistake(
        "without_tanh",
        "states",
        "tanh is missing.",
        ("torch.tanh(x[:, t] @ w_in + state @ w_state + bias)", "(x[:, t] @ w_in + state @ w_state + bias)"),
    ),
    mistake(
        "bias_only_once",
        "states",
        "The bias is added to the last state only; it belongs into every one.",
        ("state @ w_state + bias)", "state @ w_state + bias * (t == x.shape[1] - 1))"),
    ),
    mistake(
        "weight_of_the_state_transposed",
        "states",
        "The states are multiplied by the transpose of w_state.",
        ("state @ w_state", "state @ w_state.T"),
    ),
    mistake(
        "from_the_first_state",
        "classifier accuracy",
        "The logits come from the first state, which has read nothing but the first step.",
        ("self.bias)[:, -1]", "self.bias)[:, 0]"),
    ),
    mistake(
        "logits_of_every_step",
        "classifier accuracy",
        "The network returns logits for every step instead of the last state's alone.",
        ("self.bias)[:, -1]", "self.bias)"),
        appended=f"{FIT}    return Classifier(1, 16, 2)\n",
    ),
    mistake(
        "forgot_zero_grad",
        "train",
        "zero_grad() is missing: the gradients of all earlier steps add up.",
        ("        net.zero_grad()\n", ""),
    ),
    mistake(
        "loss_after_the_update",
        "train",
        "The losses are those after the updates instead of before them.",
        ("loss.item()", "torch.nn.functional.cross_entropy(net(x), labels).item()"),
    ),
    mistake(
        "softmax_before_the_loss",
        "train",
        "cross_entropy takes logits; it was given their softmax.",
        ("cross_entropy(net(x), labels)\n", "cross_entropy(net(x).softmax(1), labels)\n"),
    ),
    mistake(
        "loss_summed",
        "train",
        "The loss is the sum over the data instead of their mean.",
        ("cross_entropy(net(x), labels)\n", "cross_entropy(net(x), labels, reduction='sum')\n"),
    ),
    mistake(
        "never_updated",
        "train",
        "optimizer.step() is missing, so that nothing is learned.",
        ("        optimizer.step()\n        losses", "        losses"),
    ),
    mistake(
        "untrained",
        "accuracy",
        "The network is returned as it was made.",
        ("range(60)", "range(0)"),
    ),
    mistake(
        "labels_swapped",
        "accuracy",
        "The network was trained on the opposite of the labels.",
        ("labels).backward()", "1 - labels).backward()"),
    ),
]

FREE = "any number of steps that reaches the accuracy is right"
EQUIVALENT = [
    Equivalent("for _ in range(60):", "for _ in range(61):", because=FREE),
    Equivalent("for _ in range(60):", "for _ in range(59):", because=FREE),
]
