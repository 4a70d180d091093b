"""The mistakes that students make: Fashion-MNIST with a convolutional network."""

from autograder import Mistake, Text

LENET, GRID = frozenset({"lenet"}), frozenset({"grid_search"})
SECOND = 'network.add(tf.keras.layers.Conv2D(n2, kernel_size=(5, 5), activation="relu"))\n    '
POOL = "network.add(tf.keras.layers.MaxPool2D())\n    "


def mistake(name, loses, ko, en, *edits):
    return Mistake(name=name, explanation=Text(ko=ko, en=en), loses=loses, edits=edits)


MISTAKES = [
    mistake(
        *("kernel_of_three", LENET | GRID),
        "둘째 합성곱의 커널이 5×5가 아니라 3×3입니다.",
        "The kernel of the second convolution is 3×3 instead of 5×5.",
        ("kernel_size=(5, 5)", "kernel_size=(3, 3)"),
    ),
    mistake(
        *("pooling_missing", LENET | GRID),
        "둘째 합성곱 다음의 풀링이 빠졌습니다.",
        "The pooling after the second convolution is missing.",
        (SECOND + POOL, SECOND),
    ),
    mistake(
        *("tanh_instead_of_relu", LENET | GRID),
        "첫째 합성곱의 활성화 함수가 relu가 아니라 tanh입니다.",
        "The activation of the first convolution is tanh instead of relu.",
        ('Conv2D(n1, (5, 5), activation="relu")', 'Conv2D(n1, (5, 5), activation="tanh")'),
    ),
    mistake(
        *("dropout_keeps", LENET | GRID),
        "드랍아웃 비율을 남기는 비율로 알고 1−0.2를 넣었습니다. 버리는 비율을 넣어야 합니다.",
        "The dropout rate was taken for the share kept, 1−0.2; it is the share dropped.",
        ("Dropout(dropout)", "Dropout(1 - dropout)"),
    ),
    mistake(
        *("optimizer_not_given", LENET | GRID),
        "optimizer를 주지 않아 Keras의 기본값인 rmsprop이 쓰였습니다.",
        "No optimiser was given, so Keras's default, rmsprop, was used.",
        ('optimizer="adam", ', ""),
    ),
    mistake(
        *("learning_rate_ten_times", LENET | GRID),
        "학습률이 adam의 기본값 0.001이 아니라 0.01입니다.",
        "The learning rate is 0.01 instead of adam's default, 0.001.",
        ('optimizer="adam"', "optimizer=tf.keras.optimizers.Adam(0.01)"),
    ),
    mistake(
        *("pixels_divided", LENET),
        "학습할 때만 픽셀을 255로 나누었습니다. 네트워크에는 0..255를 그대로 넣어야 합니다.",
        "The pixels were divided by 255 in training only; the network takes 0..255 as they are.",
        ("network.fit(X, y, epochs=epochs", "network.fit(X / 255, y, epochs=epochs"),
    ),
    mistake(
        *("not_trained", LENET),
        "네트워크를 학습하지 않았습니다. 가중치가 처음 값 그대로입니다.",
        "The network was not trained: its weights are those at the start.",
        ("network.fit(X, y, epochs=epochs, verbose=0)", "network.evaluate(X, y, verbose=0)"),
    ),
    mistake(
        *("winner_by_training_loss", GRID),
        "시험 자료가 아니라 훈련 자료의 손실로 조합을 골랐습니다.",
        "The combination was chosen by the training loss instead of the test loss.",
        ("network.fit(X, y, callbacks", "history = network.fit(X, y, callbacks"),
        ("loss = network.evaluate(XX, yy, verbose=0)[0]", 'loss = history.history["loss"][-1]'),
    ),
    mistake(
        *("winner_has_the_maximum_loss", GRID),
        "손실이 가장 큰 조합을 골랐습니다. 가장 작은 조합을 골라야 합니다.",
        "The combination with the maximum loss was chosen instead of the minimum.",
        ("losses.index(min(losses))", "losses.index(max(losses))"),
    ),
    mistake(
        *("validation_split_forgotten", GRID),
        "validation_split을 빠뜨려 검증 자료까지 학습했습니다.",
        "validation_split is missing: all of the data was trained on.",
        (', "validation_split": validation_split}', "}"),
    ),
    mistake(
        *("logs_in_one_folder", GRID),
        "모든 조합이 같은 폴더에 기록하여 HParams가 한 조합만 남았습니다.",
        "All combinations log to the same folder, so only one of them is left in HParams.",
        ('os.path.join(log_dir, f"hp_{n1}_{n2}")', 'os.path.join(log_dir, "hp")'),
    ),
]
