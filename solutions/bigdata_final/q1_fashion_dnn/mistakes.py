"""The mistakes that students make: Fashion-MNIST with a dense network."""

from autograder import Mistake, Text

ACCURACIES = frozenset({"test_accuracy", "compare_accuracy"})

MISTAKES = [
    Mistake(
        name="units_swapped",
        explanation=Text(
            ko="두 은닉층의 노드 수가 바뀌었습니다. 첫째가 20개, 둘째가 30개입니다.",
            en="The hidden layers are swapped: the first has 20 nodes, the second 30.",
        ),
        loses=frozenset({"fit"}),
        edits=[
            ('Dense(20, activation="relu")', 'Dense(30, activation="relu")'),
            (
                'Dense(30, activation="relu"))\n    network.add(tf.keras.layers.Dense(10',
                'Dense(20, activation="relu"))\n    network.add(tf.keras.layers.Dense(10',
            ),
        ],
    ),
    Mistake(
        name="sigmoid_output",
        explanation=Text(
            ko="마지막 층의 활성화 함수가 softmax가 아니라 sigmoid입니다. 열 개의 출력의 합이 1이 되지 않습니다.",
            en="The last layer has a sigmoid instead of a softmax: the ten outputs do not sum to one.",
        ),
        loses=frozenset({"fit"}),
        edits=[('activation="softmax"', 'activation="sigmoid"')],
    ),
    Mistake(
        name="sgd_instead_of_adam",
        explanation=Text(
            ko="optimizer가 adam이 아니라 sgd입니다.",
            en="The optimiser is sgd instead of adam.",
        ),
        loses=frozenset({"fit"}) | ACCURACIES,
        edits=[('optimizer="adam"', 'optimizer="sgd"')],
    ),
    Mistake(
        name="learning_rate_of_ones_own",
        explanation=Text(
            ko="Adam의 학습률을 0.01로 바꾸었습니다. 기본값은 0.001입니다.",
            en="The learning rate of Adam was set to 0.01; its default is 0.001.",
        ),
        loses=frozenset({"fit"}),
        edits=[('optimizer="adam"', "optimizer=tf.keras.optimizers.Adam(0.01)")],
    ),
    Mistake(
        name="batch_size_forgotten",
        explanation=Text(
            ko="batch_size를 주지 않아 기본값 32로 학습했습니다.",
            en="batch_size was not given, so training used the default, 32.",
        ),
        loses=frozenset({"fit"}),
        edits=[("X, y, epochs=epochs, batch_size=batch_size, verbose=0", "X, y, epochs=epochs, verbose=0")],
    ),
    Mistake(
        name="pixels_divided",
        explanation=Text(
            ko="학습할 때만 픽셀을 255로 나누었습니다. 네트워크에는 0..255를 그대로 넣어야 합니다.",
            en="The pixels were divided by 255 in training only; the network takes 0..255 as they are.",
        ),
        loses=frozenset({"fit", "validation_curves"}) | ACCURACIES,
        edits=[
            ("network.fit(X, y, epochs=epochs", "network.fit(X / 255, y, epochs=epochs"),
            ("network.fit(X, y, validation_split", "network.fit(X / 255, y, validation_split"),
        ],
    ),
    Mistake(
        name="validation_split_forgotten",
        explanation=Text(
            ko="validation_split을 빠뜨려 검증 곡선이 없습니다.",
            en="validation_split is missing: there is no validation curve.",
        ),
        loses=frozenset({"validation_curves"}),
        edits=[("validation_split=validation_split, callbacks=[logs]", "callbacks=[logs]")],
    ),
    Mistake(
        name="validation_data_trained_on",
        explanation=Text(
            ko="검증 자료를 빼지 않고 모든 자료로 학습했습니다.",
            en="All of the data was trained on, that for validation included.",
        ),
        loses=frozenset({"validation_curves"}),
        edits=[
            (
                "X, y, validation_split=validation_split, callbacks=[logs]",
                "X, y, validation_data=(X[-int(len(X) * validation_split) :], y[-int(len(X) * validation_split) :]), callbacks=[logs]",
            )
        ],
    ),
    Mistake(
        name="no_tensorboard",
        explanation=Text(
            ko="TensorBoard 콜백이 없어 이벤트 파일이 남지 않았습니다.",
            en="There is no TensorBoard callback, so no event files were left.",
        ),
        loses=frozenset({"validation_curves", "early_stopping"}),
        edits=[(", callbacks=[logs]", ""), ("callbacks=[log_files, stopping]", "callbacks=[stopping]")],
    ),
    Mistake(
        name="patience_left_at_default",
        explanation=Text(
            ko="patience를 주지 않아 기본값 0으로 멈추었습니다.",
            en="patience was not given, so training stopped with the default, 0.",
        ),
        loses=frozenset({"early_stopping"}),
        edits=[("EarlyStopping(patience=patience)", "EarlyStopping()")],
    ),
    Mistake(
        name="stopping_on_training_loss",
        explanation=Text(
            ko="검증 손실이 아니라 훈련 손실을 보고 멈추었습니다.",
            en="Early stopping watches the training loss instead of the validation loss.",
        ),
        loses=frozenset({"early_stopping"}),
        edits=[("EarlyStopping(patience", 'EarlyStopping(monitor="loss", patience')],
    ),
    Mistake(
        name="accuracy_in_percent",
        explanation=Text(
            ko="정확도를 백분율로 반환했습니다. 0과 1 사이의 비율이어야 합니다.",
            en="The accuracy is given in percent; it must be a share between 0 and 1.",
        ),
        loses=ACCURACIES,
        edits=[("return np.mean(np.argmax", "return 100 * np.mean(np.argmax")],
    ),
    Mistake(
        name="documents_conclusion",
        explanation=Text(
            ko="검증 자료를 분리해서 정확도가 높아진 것이 아닙니다. 50에폭과 10에폭의 차이입니다. 차이의 부호도 나중 − 처음입니다.",
            en="It is not the split that raised the accuracy, but 50 epochs instead of 10; and the difference is second minus first.",
        ),
        loses=frozenset({"compare_accuracy"}),
        edits=[('CAUSE = "epochs"', 'CAUSE = "split"'), ("after - before", "before - after")],
    ),
    Mistake(
        name="most_likely_class_not_taken",
        explanation=Text(
            ko="출력이 0.5를 넘는지로 맞고 틀림을 정했습니다. 가장 큰 출력의 클래스를 답으로 보아야 합니다.",
            en="An answer counts as right where its output exceeds 0.5; the class of the largest output is the answer.",
        ),
        loses=ACCURACIES,
        edits=[
            (
                "np.mean(np.argmax(probabilities, axis=1) == labels)",
                "np.mean(probabilities[np.arange(len(labels)), labels] > 0.5)",
            )
        ],
    ),
]
