"""A recurrent network in torch: its states, its training, and how well it does."""

from autograder import AtLeast, Close, Part, Question, Shape, Text, integers, normal, permutation

HELD_OUT = Text(en="accuracy on sequences held out")


def accuracy(seen):
    return (seen.evidence["logits"].argmax(1) == seen.inputs["test_y"]).mean()


QUESTION = Question(
    framework="torch",
    inputs={
        "x": normal("n", "length", "d"),
        "w_in": normal("d", "h"),
        "w_state": normal("h", "h", std=0.5),
        "bias": normal("h"),
        "steps": permutation("length"),
        "points": normal("n", "d"),
        "labels": integers(0, 3, "n"),
    },
    withheld=frozenset({"test_y"}),
    pool=2,
    parts=[
        Part(name="states", points=4, calls="states(x, w_in, w_state, bias)"),
        Part(
            name="classifier",
            points=2,
            calls=[
                "_net = Classifier(d, 6, 3).to(device)",
                "logits = _net(x)",
                "reads = [abs(_net(x * (steps != at)[:, None]) - logits).max() > 0 for at in [-1, *steps]]",
            ],
            checks=[Shape("logits", ["n", 3]), Close("reads")],
        ),
        Part(
            name="train",
            points=4,
            calls=[
                "_net = torch.nn.Linear(d, 3).to(device)",
                "losses = train(_net, points, labels, 0.5, 4)",
                "weight = _net.weight",
            ],
        ),
        Part(
            name="accuracy",
            points=6,
            calls=["_net = fit(train_x, train_y)", "logits = _net(test_x)"],
            checks=[AtLeast("accuracy", metric=accuracy, bound=0.88, label=HELD_OUT)],
        ),
    ],
)
