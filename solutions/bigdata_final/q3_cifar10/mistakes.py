"""The mistakes that students make: the classifier for CIFAR10."""

from autograder import Equivalent, Mistake, Text

LOSES = frozenset({"classifier"})
# Verifying trains every one of these on the data of its profile. Those that lose whatever the network has learned
# do not train, or once on 640 pictures; the others on 6400: the 50000 of the profile full take a minute.
MISTAKES = [
    Mistake(
        name="logits_as_probabilities",
        explanation=Text(
            ko="마지막 층에 softmax가 없어 로짓을 확률로 제출했습니다.",
            en="The last layer has no softmax: these are logits, not probabilities.",
        ),
        loses=LOSES,
        edits=[
            ('Dense(10, activation="softmax")', "Dense(10)"),
            ('"categorical_crossentropy"', "keras.losses.CategoricalCrossentropy(from_logits=True)"),
            ("    net.fit(X, y, batch_size=batch, epochs=epochs, verbose=0)\n", ""),
        ],
    ),
    Mistake(
        name="sigmoid_instead_of_softmax",
        explanation=Text(
            ko="마지막 층이 softmax가 아니라 sigmoid여서 한 행의 확률을 더해도 1이 아닙니다.",
            en="The last layer is a sigmoid, not a softmax, so that a row's probabilities do not sum to one.",
        ),
        loses=LOSES,
        edits=[
            ('activation="softmax"', 'activation="sigmoid"'),
            ("    net.fit(X, y, batch_size=batch, epochs=epochs, verbose=0)\n", ""),
        ],
    ),
    Mistake(
        name="softmax_over_the_pictures",
        explanation=Text(
            ko="softmax를 클래스가 아니라 그림 방향(axis=0)으로 계산하여 행이 아니라 열의 합이 1입니다.",
            en="The softmax runs over the pictures (axis=0), not the classes: columns sum to one, not rows.",
        ),
        loses=LOSES,
        edits=[
            ('Dense(10, activation="softmax")', "Dense(10)"),
            ('"categorical_crossentropy"', "keras.losses.CategoricalCrossentropy(from_logits=True)"),
            (
                "training=False) for part in parts])",
                "training=False) for part in parts])\n    return np.exp(rows) / np.exp(rows).sum(axis=0)",
            ),
            (
                "return np.concatenate",
                "rows = np.concatenate",
            ),
            ("    net.fit(X, y, batch_size=batch, epochs=epochs, verbose=0)\n", ""),
        ],
    ),
    Mistake(
        name="classes_instead_of_probabilities",
        explanation=Text(
            ko="확률 열 개가 아니라 argmax로 고른 클래스 번호를 돌려주었습니다.",
            en="The number of the chosen class (argmax) is returned, not the ten probabilities.",
        ),
        loses=LOSES,
        edits=[
            ("for part in parts])", "for part in parts]).argmax(axis=1)"),
            ("    net.fit(X, y, batch_size=batch, epochs=epochs, verbose=0)\n", ""),
        ],
    ),
    Mistake(
        name="predicted_in_training_mode",
        explanation=Text(
            ko="training=True로 예측하여 배치정규화가 함께 넣은 그림들의 평균을 쓰고 dropout이 켜집니다.",
            en="Predicted with training=True: batch normalisation uses the batch at hand, and dropout is on.",
        ),
        loses=LOSES,
        edits=[
            ("training=False", "training=True"),
            (
                "net.fit(X, y, batch_size=batch, epochs=epochs",
                "net.fit(X[:640], y[:640], batch_size=batch, epochs=1",
            ),
        ],
    ),
    Mistake(
        name="not_trained",
        explanation=Text(
            ko="fit을 부르지 않아 네트워크가 처음 가중치 그대로이고 출력이 무작위와 같습니다.",
            en="fit is never called: the network has its first weights and is no better than a guess.",
        ),
        loses=LOSES,
        edits=[("    net.fit(X, y, batch_size=batch, epochs=epochs, verbose=0)\n", "")],
    ),
    Mistake(
        name="labels_shuffled",
        explanation=Text(
            ko="훈련 그림조차 알아보지 못합니다. 그림과 레이블을 따로 섞어 짝이 어긋났거나 학습이 발산했습니다.",
            en="Not even the training pictures are recognised: pictures and labels were shuffled apart, or training diverged.",
        ),
        loses=LOSES,
        edits=[("net.fit(X, y,", "net.fit(X[:6400], np.random.permutation(y[:6400]),")],
    ),
    Mistake(
        name="scaled_twice_in_training",
        explanation=Text(
            ko="이미 255로 나눈 X를 학습할 때 한 번 더 나누어, 예측할 때의 그림과 크기가 다릅니다.",
            en="X, divided by 255 already, is divided again for training only: other numbers than at prediction.",
        ),
        loses=LOSES,
        edits=[("net.fit(X, y,", "net.fit(X[:6400] / 255, y[:6400],")],
    ),
    Mistake(
        name="axes_mixed_by_reshape",
        explanation=Text(
            ko="(n, 3, 32, 32) 배열의 축을 transpose가 아니라 reshape로 바꾸어 그림이 조각났습니다.",
            en="The axes of a (n, 3, 32, 32) array were moved by reshape, not transpose: the pictures are cut up.",
        ),
        loses=LOSES,
        edits=[
            (
                "net.fit(X, y,",
                "cut = X[:6400].transpose(0, 3, 1, 2).reshape(-1, 32, 32, 3)\n    net.fit(cut, y[:6400],",
            )
        ],
    ),
]

FREE = "the design is free: whatever reaches the accuracy that is asked is right"
EQUIVALENT = [
    Equivalent(
        'keras.layers.Conv2D(filters, 3, padding="same", use_bias=False),',
        'keras.layers.Conv2D(filters, 3, padding="same", use_bias=True),',
        because="batch normalisation takes a bias away again",
    ),
    Equivalent("keras.layers.ReLU(),", "keras.layers.Identity(),", because=FREE),
    Equivalent(
        'net.compile(optimizer=keras.optimizers.Adam(rate), loss="categorical_crossentropy")',
        'net.compile(optimizer=keras.optimizers.SGD(rate), loss="categorical_crossentropy")',
        because=FREE,
    ),
    Equivalent(
        'return keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])',
        'return keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax", '
        "use_bias=False)])",
        because=FREE,
    ),
    Equivalent(
        "batch = 128 if len(X) > 10_000 else 32",
        "batch = 128 if len(X) >= 10_000 else 32",
        because="another batch size for 10,000 pictures, and none of the data have so many",
    ),
]
