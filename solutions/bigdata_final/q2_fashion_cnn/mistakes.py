"""The mistakes that students make: Fashion-MNIST with a convolutional network."""

from autograder import Mistake, Text, Trivial

BOTH = frozenset({"lenet", "grid_search"})

NO_FLOOR = "the profile mini has no floor, its few images teach too little; the official data have one"
TRIVIAL = [Trivial("lenet", "AtLeast(test accuracy above the floor)", because=NO_FLOOR)]

MISTAKES = [
    Mistake(
        name="kernel_of_three",
        explanation=Text(
            ko="둘째 합성곱의 커널이 5×5가 아니라 3×3입니다.",
            en="The kernel of the second convolution is 3×3 instead of 5×5.",
        ),
        loses=BOTH,
        edits=[("kernel_size=(5, 5)", "kernel_size=(3, 3)")],
    ),
    Mistake(
        name="pooling_missing",
        explanation=Text(
            ko="둘째 합성곱 다음의 풀링이 빠졌습니다.",
            en="The pooling after the second convolution is missing.",
        ),
        loses=BOTH,
        edits=[
            (
                "    network.add(tf.keras.layers.MaxPool2D())\n    network.add(tf.keras.layers.Flatten())\n",
                "    network.add(tf.keras.layers.Flatten())\n",
            )
        ],
    ),
    Mistake(
        name="dropout_keeps",
        explanation=Text(
            ko="드랍아웃 비율을 남기는 비율로 알고 1−0.2를 넣었습니다. 버리는 비율을 넣어야 합니다.",
            en="The dropout rate was taken for the share kept, 1−0.2; it is the share dropped.",
        ),
        loses=frozenset({"lenet"}),
        edits=[("Dropout(dropout)", "Dropout(1 - dropout)")],
    ),
    Mistake(
        name="optimizer_not_given",
        explanation=Text(
            ko="optimizer를 주지 않아 Keras의 기본값인 rmsprop이 쓰였습니다.",
            en="No optimiser was given, so Keras's default, rmsprop, was used.",
        ),
        loses=frozenset({"lenet"}),
        edits=[('optimizer="adam", ', "")],
    ),
    Mistake(
        name="pixels_divided",
        explanation=Text(
            ko="학습할 때만 픽셀을 255로 나누었습니다. 네트워크에는 0..255를 그대로 넣어야 합니다.",
            en="The pixels were divided by 255 in training only; the network takes 0..255 as they are.",
        ),
        loses=frozenset({"lenet"}),
        edits=[("network.fit(X, y, epochs=epochs", "network.fit(X / 255, y, epochs=epochs")],
    ),
    Mistake(
        name="winner_by_training_loss",
        explanation=Text(
            ko="시험 자료가 아니라 훈련 자료의 손실로 조합을 골랐습니다.",
            en="The combination was chosen by the training loss instead of the test loss.",
        ),
        loses=frozenset({"grid_search"}),
        edits=[
            ("network.fit(X, y, callbacks", "history = network.fit(X, y, callbacks"),
            ("loss = network.evaluate(XX, yy, verbose=0)[0]", 'loss = history.history["loss"][-1]'),
        ],
    ),
    Mistake(
        name="winner_has_the_greatest_loss",
        explanation=Text(
            ko="손실이 가장 큰 조합을 골랐습니다. 가장 작은 조합을 골라야 합니다.",
            en="The combination with the greatest loss was chosen instead of the least.",
        ),
        loses=frozenset({"grid_search"}),
        edits=[("losses.index(min(losses))", "losses.index(max(losses))")],
    ),
    Mistake(
        name="validation_split_forgotten",
        explanation=Text(
            ko="validation_split을 빠뜨려 검증 자료까지 학습했습니다.",
            en="validation_split is missing: all of the data was trained on.",
        ),
        loses=frozenset({"grid_search"}),
        edits=[(', "validation_split": validation_split}', "}")],
    ),
    Mistake(
        name="logs_in_one_folder",
        explanation=Text(
            ko="모든 조합이 같은 폴더에 기록하여 HParams가 한 조합만 남았습니다.",
            en="All combinations log to the same folder, so only one of them is left in HParams.",
        ),
        loses=frozenset({"grid_search"}),
        edits=[('os.path.join(log_dir, f"hp_{n1}_{n2}")', 'os.path.join(log_dir, "hp")')],
    ),
]
