"""The mistakes that students make: the concepts."""

from autograder import Mistake, Text

RIGHT = {
    "CONV_SHAPE": "(1, 127, 127, 5)",
    "FLATTEN_SHAPE": "(1, 9216)",
    "MODEL_STATEMENTS": '["hayoung", "jaein"]',
    "FIT_STATEMENTS": '["jaein", "seoyeon", "hayoung"]',
    "CNN_STATEMENTS": "[True, False, False, False, False]",
}


def instead(**wrong):
    """The edits that put these texts in the place of the right answers."""
    return [(f"{name} = {RIGHT[name]}\n", f"{name} = {answer}\n") for name, answer in wrong.items()]


MISTAKES = [
    Mistake(
        name="forgot_batch_axis",
        explanation=Text(
            ko="배치 축을 빠뜨렸습니다. 나머지는 맞습니다. Keras의 레이어가 주고받는 텐서의 첫 축은 언제나 배치입니다.",
            en="The batch axis is missing; the rest is right. The first axis of what goes into and comes out of a "
            "Keras layer is always the batch.",
        ),
        loses=frozenset({"conv_shape", "flatten_shape"}),
        edits=instead(CONV_SHAPE="(127, 127, 5)", FLATTEN_SHAPE="(9216,)"),
    ),
    Mistake(
        name="batch_axis_left_open",
        explanation=Text(
            ko="배치 축을 None으로 두었습니다. 나머지는 맞습니다. net.summary()는 배치의 크기를 모르므로 None이라고 적지만, 여기서는 "
            "1개짜리 배치를 넣었으므로 1입니다.",
            en="The batch axis is None; the rest is right. net.summary() writes None because it does not know the size "
            "of the batch; here a batch of one goes in, so it is 1.",
        ),
        loses=frozenset({"conv_shape", "flatten_shape"}),
        edits=instead(CONV_SHAPE="(None, 127, 127, 5)", FLATTEN_SHAPE="(None, 9216)"),
    ),
    Mistake(
        name="padding_same",
        explanation=Text(
            ko="padding='same'일 때의 답입니다. Conv2D의 기본값은 padding='valid'이어서 커널이 이미지 밖으로 나가지 않고, "
            "길이는 128−2+1=127이 됩니다.",
            en="That is the shape with padding='same'. Conv2D has padding='valid' by default: the kernel stays inside "
            "the image, and the length becomes 128−2+1 = 127.",
        ),
        loses=frozenset({"conv_shape"}),
        edits=instead(CONV_SHAPE="(1, 128, 128, 5)"),
    ),
    Mistake(
        name="channels_kept",
        explanation=Text(
            ko="채널의 수가 입력과 같은 3이라고 보았습니다. 커널마다 입력 채널 3개를 모두 더해 하나를 내므로, 나오는 채널은 커널의 "
            "수 5개입니다.",
            en="The input's 3 channels were kept. Each kernel sums over all 3 and gives one, so that as many channels "
            "come out as there are kernels: 5.",
        ),
        loses=frozenset({"conv_shape"}),
        edits=instead(CONV_SHAPE="(1, 127, 127, 3)"),
    ),
    Mistake(
        name="moved_by_the_kernel_size",
        explanation=Text(
            ko="커널이 2칸씩 움직인다고 보았습니다. 그것은 MaxPool2D의 기본값이고, Conv2D는 strides=(1,1)이 기본값입니다.",
            en="The kernel was moved by 2 at a time. That is MaxPool2D's default; Conv2D has strides=(1,1).",
        ),
        loses=frozenset({"conv_shape"}),
        edits=instead(CONV_SHAPE="(1, 64, 64, 5)"),
    ),
    Mistake(
        name="channels_not_flattened",
        explanation=Text(
            ko="채널을 남겨 두었습니다. Flatten은 배치를 제외한 모든 축을 하나로 펴므로 24·24·16=9216입니다.",
            en="The channels were left. Flatten makes all axes but the batch into one: 24·24·16 = 9216.",
        ),
        loses=frozenset({"flatten_shape"}),
        edits=instead(FLATTEN_SHAPE="(1, 576, 16)"),
    ),
    Mistake(
        name="first_axis_taken_for_the_batch",
        explanation=Text(
            ko="(24,24,16)을 배치 축 없이 그대로 넣은 결과입니다. Flatten이 첫 축 24를 배치로 여겼습니다. 1개짜리 배치 "
            "(1,24,24,16)으로 넣으세요.",
            en="That comes out when (24,24,16) goes in without a batch axis: Flatten takes the first 24 for the batch. "
            "Put in a batch of one, (1,24,24,16).",
        ),
        loses=frozenset({"flatten_shape"}),
        edits=instead(FLATTEN_SHAPE="(24, 384)"),
    ),
    Mistake(
        name="loss_thought_nonconvex",
        explanation=Text(
            ko="cos(kt)는 t에 대해서는 곡선이지만 모형은 β에 대해 일차식입니다. MSE의 헤시안 2/n·XᵀX의 고윳값은 0.64~2.14로 "
            "모두 양수이므로 손실은 볼록하고 local minimum은 하나뿐입니다. 100개의 초기값에서 경사하강법은 모두 같은 곳에 "
            "도착합니다. 서연의 말은 틀렸습니다.",
            en="cos(kt) is curved in t, but the model is linear in β. The eigenvalues of the Hessian of the MSE, "
            "2/n·XᵀX, are 0.64 to 2.14, all positive: the loss is convex, with one minimum. From 100 starts gradient "
            "descent ends in the same place. Seoyeon is wrong.",
        ),
        loses=frozenset({"model_statements"}),
        edits=instead(MODEL_STATEMENTS='["hayoung", "jaein", "seoyeon"]'),
    ),
    Mistake(
        name="sgd_thought_to_escape_always",
        explanation=Text(
            ko="확률적 경사하강법의 잡음은 local minimum을 벗어나는 데에 도움이 될 수 있지만 '언제나'는 아닙니다. 골이 깊거나 "
            "학습률이 작으면 머무릅니다. 게다가 이 모형의 손실은 볼록하여 빠져나올 local minimum이 없습니다.",
            en="The noise of stochastic gradient descent may help out of a local minimum, but not 'always': in a deep "
            "valley, or with a small learning rate, it stays. Besides, the loss of this model is convex, and there is no "
            "local minimum to escape from.",
        ),
        loses=frozenset({"model_statements"}),
        edits=instead(MODEL_STATEMENTS='["hayoung", "jaein", "gyubin"]'),
    ),
    Mistake(
        name="normality_overlooked",
        explanation=Text(
            ko="재인의 말도 옳습니다. 로그우도가 상수 − n·MSE/(2σ²)가 되는 것은 오차항이 정규분포이기 때문입니다. 예를 들어 "
            "라플라스분포이면 절댓값의 합을 최소화해야 우도가 최대가 됩니다.",
            en="Jaein is right too. The log-likelihood is a constant − n·MSE/(2σ²) because the errors are normal; with "
            "Laplace errors, say, it is the sum of absolute errors that has to be least.",
        ),
        loses=frozenset({"model_statements"}),
        edits=instead(MODEL_STATEMENTS='["hayoung"]'),
    ),
    Mistake(
        name="dropout_against_underfitting",
        explanation=Text(
            ko="오버피팅이 아닙니다. 오버피팅이면 train loss만 줄고 validation loss는 늘어나야 하는데, 여기서는 둘 다 계속 "
            "줄어드는 중이고 train loss도 오차의 분산 0.04보다 훨씬 큽니다. 즉 덜 학습된 것입니다. 2000 epoch이면 드랍아웃 없이 "
            "validation loss가 0.039가 되고, 드랍아웃(0.2)을 넣고 끝까지 학습하면 오히려 1.0 정도에서 멈춥니다. 따라서 "
            "규빈은 틀렸고 하영이 옳습니다.",
            en="This is no overfitting: then the validation loss would rise while the training loss falls. Here both are "
            "still falling, and the training loss too is far above the errors' variance, 0.04. The network has not been "
            "trained enough. After 2000 epochs the validation loss is 0.039 without dropout; with dropout (0.2) it stays "
            "near 1.0 however long one trains. So Gyubin is wrong and Hayoung right.",
        ),
        loses=frozenset({"fit_statements"}),
        edits=instead(FIT_STATEMENTS='["jaein", "seoyeon", "gyubin"]'),
    ),
    Mistake(
        name="more_epochs_thought_to_overfit",
        explanation=Text(
            ko="하영의 말도 옳습니다. 500 epoch에서는 train loss도 아직 줄어드는 중입니다. 2000 epoch까지 학습하면 train loss "
            "0.034, validation loss 0.039로 둘 다 줄어듭니다.",
            en="Hayoung is right too: at 500 epochs the training loss is still falling as well. After 2000 epochs they "
            "are 0.034 and 0.039, both lower.",
        ),
        loses=frozenset({"fit_statements"}),
        edits=instead(FIT_STATEMENTS='["jaein", "seoyeon"]'),
    ),
    Mistake(
        name="validation_thought_random",
        explanation=Text(
            ko="재인의 말도 옳습니다. validation_split은 무작위로 뽑지 않고, 섞기 전의 자료에서 마지막 45%를 떼어 둡니다. "
            "shuffle은 남은 550개에만 적용됩니다.",
            en="Jaein is right too. validation_split does not draw at random: it takes the last 45% of the data as they "
            "were given. Shuffling is among the remaining 550.",
        ),
        loses=frozenset({"fit_statements"}),
        edits=instead(FIT_STATEMENTS='["seoyeon", "hayoung"]'),
    ),
    Mistake(
        name="everyone_called_right",
        explanation=Text(
            ko="네 사람을 모두 골랐습니다. 서로 어긋나는 말이 있으니 하나씩 따져 보세요.",
            en="All four were named. Some of them contradict each other; judge them one by one.",
        ),
        loses=frozenset({"model_statements", "fit_statements"}),
        edits=instead(
            MODEL_STATEMENTS='["hayoung", "jaein", "seoyeon", "gyubin"]',
            FIT_STATEMENTS='["jaein", "seoyeon", "gyubin", "hayoung"]',
        ),
    ),
    Mistake(
        name="wrong_ones_named",
        explanation=Text(
            ko="답이 모두 거꾸로입니다. 옳지 않은 사람을 고른 것 같습니다. 옳은 사람을 골라야 합니다.",
            en="Everything is the other way round. It seems that those who are wrong were named; name those who are right.",
        ),
        loses=frozenset({"model_statements", "fit_statements"}),
        edits=instead(MODEL_STATEMENTS='["seoyeon", "gyubin"]', FIT_STATEMENTS='["gyubin"]'),
    ),
    Mistake(
        name="convolution_thought_nonlinear",
        explanation=Text(
            ko="합성곱은 입력의 가중합이므로 conv(ax+by)=a·conv(x)+b·conv(y)가 성립합니다. 비선형인 것은 뒤에 붙는 relu와 "
            "MaxPool입니다.",
            en="A convolution is a weighted sum of its input: conv(ax+by) = a·conv(x)+b·conv(y). It is the relu and the "
            "MaxPool after it that are not linear.",
        ),
        loses=frozenset({"cnn_statements"}),
        edits=instead(CNN_STATEMENTS="[False, False, False, False, False]"),
    ),
    Mistake(
        name="dnn_thought_unable",
        explanation=Text(
            ko="이미지를 한 줄로 펴면 Dense층만으로도 분석할 수 있습니다. 1번 문항의 Fashion-MNIST를 그렇게 분석했습니다. CNN이 더 "
            "효율적일 뿐입니다.",
            en="An image laid out in one row can be analysed by Dense layers alone: question 1 did so with Fashion-MNIST. "
            "A CNN is only more efficient.",
        ),
        loses=frozenset({"cnn_statements"}),
        edits=instead(CNN_STATEMENTS="[True, False, False, True, False]"),
    ),
    Mistake(
        name="only_and_always_believed",
        explanation=Text(
            ko="2~5번의 '언제나'와 '만'은 반례 하나로 거짓이 됩니다. CNN은 분류라면 대개 cross entropy로 학습하고, SGD나 "
            "RMSprop으로도 최적화되며, 흑백이미지(채널 1개)에도 쓰입니다. 이미지는 Dense층만으로도 분석할 수 있습니다.",
            en="One counterexample refutes the 'always' and 'only' of 2 to 5. CNNs that classify mostly use cross entropy, "
            "SGD and RMSprop optimise them too, and they take grey images (1 channel) as well. Dense layers alone can "
            "analyse images.",
        ),
        loses=frozenset({"cnn_statements"}),
        edits=instead(CNN_STATEMENTS="[True, True, True, True, True]"),
    ),
]
