"""Building blocks in torch, each a function of tensors."""

from autograder import Close, Part, Question, integers, normal, permutation, uniform

QUESTION = Question(
    framework="torch",
    inputs={
        "x": normal("batch", "rows", "d"),
        "logits": normal("n", 3),
        "labels": integers(0, 3, "n"),
        "gain": uniform("d", low=0.5, high=2),
        "query": normal("batch", "rows", "d"),
        "key": normal("batch", "keys", "d"),
        "value": normal("batch", "keys", "width"),
        "order": permutation("keys"),
        "allowed": integers(1, 4, "rows"),
        "weight": normal("n", "d"),
        "gradient": normal("n", "d"),
        "other": normal("d"),
        "mean": normal("n", "d", std=0.1),
        "square": uniform("n", "d", high=0.1),
        "eps": uniform(low=0.001, high=0.05),
        "step": integers(1, 8),
        "lr": uniform(low=0.05, high=0.2),
        "decay": uniform(low=0.1, high=0.3),
    },
    sizes={"keys": [5, 6, 7]},
    parts=[
        Part(
            name="softmax",
            points=4,
            calls=["softmax(x)", "large = softmax(x + 1000)"],
            # At 1000 float32 has steps of 6e-5.
            checks=[Close("softmax", points=2), Close("large", points=2, atol=2e-4)],
        ),
        Part(
            name="cross_entropy",
            points=4,
            calls=["cross_entropy(logits, labels)", "large = cross_entropy(300 * logits - 1000, labels)"],
        ),
        Part(name="rmsnorm", points=3, calls="rmsnorm(x, gain, eps)"),
        Part(name="attention", points=5, calls="attention(query, key, value, order < allowed[:, None])"),
        Part(
            name="adamw",
            points=6,
            calls="new_weight, new_mean, new_square = "
            "adamw_step(weight, gradient, mean, square, step, lr, decay, eps)",
        ),
        Part(
            name="clipping",
            points=3,
            calls=[
                "clipped, clipped_too = clip_gradients([gradient, other], 0.5)",
                "kept, kept_too = clip_gradients([gradient, other], 1000.0)",
            ],
            checks=[Close("clipped"), Close("clipped_too"), Close("kept"), Close("kept_too")],
        ),
    ],
)
