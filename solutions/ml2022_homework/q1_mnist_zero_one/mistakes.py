"""The mistakes that students make: telling 0 from 1."""

from autograder import Equivalent, Mistake, Text

BCE, MANUAL, NORMALIZED = "train_bce_loss", "train_manual_bce", "train_normalized"
TRAINING = frozenset({BCE, MANUAL, NORMALIZED})

MISTAKES = [
    Mistake(
        name="wrong_hidden_size",
        explanation=Text(
            ko="은닉층의 크기가 64가 아니라 32입니다.", en="The hidden layer has 32 units instead of 64."
        ),
        loses=TRAINING | {"network"},
        edits=[
            ("torch.nn.Linear(784, 64)", "torch.nn.Linear(784, 32)"),
            ("torch.nn.Linear(64, 1)", "torch.nn.Linear(32, 1)"),
        ],
    ),
    Mistake(
        name="sigmoid_twice",
        explanation=Text(
            ko="sigmoid를 두 번 적용하여 출력이 0.5 아래로 내려가지 않습니다.",
            en="The sigmoid is applied twice, so that no output is below 0.5.",
        ),
        loses=TRAINING | {"network"},
        edits=[("torch.nn.Sigmoid()\n", "torch.nn.Sigmoid(), torch.nn.Sigmoid()\n")],
    ),
    Mistake(
        name="labels_swapped",
        explanation=Text(
            ko="y가 뒤바뀌었습니다. 숫자 0이 y=0, 숫자 1이 y=1입니다.",
            en="The labels are swapped: y=0 stands for the digit 0 and y=1 for the digit 1.",
        ),
        loses=frozenset({"network"}),
        edits=[("[0.0] * len(zeros) + [1.0] * len(ones)", "[1.0] * len(zeros) + [0.0] * len(ones)")],
    ),
    Mistake(
        name="seed_not_set",
        explanation=Text(
            ko="torch.manual_seed(seed)를 부르지 않아 네트워크의 시작값이 다릅니다.",
            en="torch.manual_seed(seed) is not called, so that the network starts from other weights.",
        ),
        loses=TRAINING,
        edits=[("    torch.manual_seed(seed)\n", "")],
    ),
    Mistake(
        name="forgot_zero_grad",
        explanation=Text(
            ko="zero_grad()를 빠뜨려 미분계수가 매번 누적되었습니다.",
            en="zero_grad() is missing: the gradients of all earlier epochs add up.",
        ),
        loses=TRAINING,
        edits=[("        optimizer.zero_grad()\n", "")],
    ),
    Mistake(
        name="sgd_instead_of_adam",
        explanation=Text(ko="Adam 대신 SGD로 학습했습니다.", en="SGD was used where Adam is asked for."),
        loses=TRAINING,
        edits=[("torch.optim.Adam(", "torch.optim.SGD(")],
    ),
    Mistake(
        name="learning_rate_0.02",
        explanation=Text(
            ko="인자로 받은 lr을 쓰지 않고 학습률을 0.02로 두었습니다.",
            en="The learning rate is 0.02, whatever lr says.",
        ),
        loses=TRAINING,
        edits=[("lr=lr)", "lr=0.02)")],
    ),
    Mistake(
        name="sum_instead_of_mean",
        explanation=Text(
            ko="손실을 평균이 아니라 합으로 계산했습니다.", en="The loss is a sum instead of a mean."
        ),
        loses=TRAINING,
        edits=[("torch.nn.BCELoss()", 'torch.nn.BCELoss(reduction="sum")'), ("-torch.mean(", "-torch.sum(")],
    ),
    Mistake(
        name="yhat_after_the_update",
        explanation=Text(
            ko="마지막 갱신을 한 뒤의 출력을 반환했습니다. 마지막 epoch의 손실을 계산한, 갱신 전의 출력이어야 합니다.",
            en="The output after the last update is returned; asked for is the one that the last loss was computed from.",
        ),
        loses=TRAINING,
        edits=[("    return network, yhat.detach(),", "    return network, network(X).detach(),")],
    ),
    Mistake(
        name="eps_in_the_logarithm",
        explanation=Text(
            ko="로그 안에 작은 수(1e-8)를 더해 NaN을 피했습니다. 수식을 그대로 써서 무슨 일이 일어나는지 보는 문항입니다.",
            en="A small number (1e-8) inside the logarithms avoids the NaN; the plain formula was asked for, to see what "
            "happens.",
        ),
        loses=frozenset({MANUAL}),
        edits=[
            (
                "torch.log(yhat) + (1 - y) * torch.log(1 - yhat)",
                "torch.log(yhat + 1e-8) + (1 - y) * torch.log(1 - yhat + 1e-8)",
            )
        ],
    ),
    Mistake(
        name="bce_loss_in_manual",
        explanation=Text(
            ko="직접 쓴 수식 대신 torch.nn.BCELoss를 썼습니다.",
            en="torch.nn.BCELoss was used where the formula was to be written by hand.",
        ),
        loses=frozenset({MANUAL, NORMALIZED}),
        edits=[('torch.nn.BCELoss() if loss == "bce_loss" else manual_bce', "torch.nn.BCELoss()")],
    ),
    Mistake(
        name="forgot_255",
        explanation=Text(
            ko="255로 나누지 않아 픽셀이 raw 값 그대로입니다.",
            en="The pixels are still raw: the division by 255 is missing.",
        ),
        loses=frozenset({NORMALIZED}),
        edits=[("return X / 255", "return X")],
    ),
    Mistake(
        name="steps_counted_from_zero",
        explanation=Text(
            ko="epoch을 0부터 세었습니다. 첫 epoch이 1입니다.",
            en="The epochs are counted from 0; the first one is 1.",
        ),
        loses=frozenset({MANUAL}),
        edits=[("NAN_LOSS_STEP = 1", "NAN_LOSS_STEP = 0"), ("NAN_OUTPUT_STEP = 2", "NAN_OUTPUT_STEP = 1")],
    ),
    Mistake(
        name="judgements_swapped",
        explanation=Text(
            ko="학습이 잘 되었는지에 대한 판단이 결과와 반대입니다. 출력과 손실을 다시 보세요.",
            en="The judgement of the training is the opposite of what came out; look at the outputs and losses again.",
        ),
        loses=frozenset({MANUAL, NORMALIZED}),
        edits=[
            ("MANUAL_TRAINS_WELL = False", "MANUAL_TRAINS_WELL = True"),
            ("NORMALIZED_TRAINS_WELL = True", "NORMALIZED_TRAINS_WELL = False"),
        ],
    ),
    Mistake(
        name="residuals_plotted",
        explanation=Text(
            ko="yhat 대신 잔차 y − yhat을 그렸습니다.",
            en="The figure shows the residuals y − yhat instead of yhat.",
        ),
        loses=TRAINING,
        edits=[('axes.plot(yhat, ".", alpha=0.4)', 'axes.plot(y - yhat, ".", alpha=0.4)')],
    ),
    Mistake(
        name="half_counted_as_one",
        explanation=Text(
            ko="출력이 정확히 0.5일 때 1로 보았습니다(> 대신 >=).",
            en="An output of exactly 0.5 is counted as 1: >= instead of >.",
        ),
        loses=frozenset({"accuracy"}),
        edits=[("(yhat > 0.5) * 1\n    return", "(yhat >= 0.5) * 1\n    return")],
    ),
    Mistake(
        name="count_instead_of_share",
        explanation=Text(
            ko="맞힌 개수를 반환했습니다. n으로 나누어야 합니다.",
            en="The number of right answers is returned; it must be divided by n.",
        ),
        loses=frozenset({"accuracy"}),
        edits=[("torch.mean((ytilde == y) * 1.0)", "torch.sum((ytilde == y) * 1.0)")],
    ),
    Mistake(
        name="nan_counted_as_one",
        explanation=Text(
            ko="출력이 NaN일 때 1로 보았습니다. NaN은 0.5보다 크지 않으므로 0입니다.",
            en="An output that is NaN is counted as 1; NaN is not greater than 0.5, so it counts as 0.",
        ),
        loses=frozenset({"accuracy"}),
        edits=[("ytilde = (yhat > 0.5) * 1", "ytilde = 1 - (yhat <= 0.5) * 1")],
    ),
    Mistake(
        name="one_epoch_too_few",
        explanation=Text(ko="한 epoch을 덜 학습했습니다.", en="One epoch too few was trained."),
        loses=TRAINING,
        edits=[("for _ in range(epochs)", "for _ in range(epochs - 1)")],
    ),
    Mistake(
        name="weight_decay",
        explanation=Text(
            ko="Adam에 가중치 감쇠(weight_decay)를 더했습니다.",
            en="Adam was given weight decay, which is not asked for.",
        ),
        loses=TRAINING,
        edits=[("lr=lr)", "lr=lr, weight_decay=0.01)")],
    ),
    Mistake(
        name="minibatches",
        explanation=Text(
            ko="자료를 32장씩 나누어 학습했습니다. 매 epoch 자료 전체를 한 번에 씁니다.",
            en="The data were split into batches of 32; every epoch uses all of them at once.",
        ),
        loses=TRAINING,
        edits=[
            (
                """        yhat = network(X)
        value = loss_function(yhat, y)
        value.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(value.detach())
""",
                """        total = 0
        for rows, answers in zip(X.split(32), y.split(32)):
            value = loss_function(network(rows), answers)
            value.backward()
            optimizer.step()
            optimizer.zero_grad()
            total += value.detach() * len(rows) / len(X)
        yhat = network(X)
        losses.append(total)
""",
            )
        ],
    ),
    Mistake(
        name="only_the_ones_counted",
        explanation=Text(
            ko="수식의 둘째 항 (1−y)·log(1−yhat)이 없습니다.",
            en="The second term of the formula, (1−y)·log(1−yhat), is missing.",
        ),
        loses=frozenset({MANUAL, NORMALIZED}),
        edits=[("y * torch.log(yhat) + (1 - y) * torch.log(1 - yhat)", "y * torch.log(yhat)")],
    ),
    Mistake(
        name="clamped_formula",
        explanation=Text(
            ko="yhat을 clamp하여 NaN을 피했습니다. 수식을 그대로 써서 무슨 일이 일어나는지 보는 문항입니다.",
            en="yhat was clamped to avoid the NaN; the plain formula was asked for, to see what happens.",
        ),
        loses=frozenset({MANUAL}),
        edits=[
            (
                "def manual_bce(yhat, y):\n",
                "def manual_bce(yhat, y):\n    yhat = torch.clamp(yhat, 1e-7, 1 - 1e-7)\n",
            )
        ],
    ),
    Mistake(
        name="divided_by_256",
        explanation=Text(
            ko="255가 아니라 256으로 나누어 가장 밝은 픽셀이 1이 되지 않습니다.",
            en="Divided by 256 instead of 255, so that the brightest pixel is not 1.",
        ),
        loses=frozenset({NORMALIZED}),
        edits=[("return X / 255", "return X / 256")],
    ),
    Mistake(
        name="rounded_outputs",
        explanation=Text(
            ko="yhat을 반올림하여 y와 비교했습니다. NaN은 반올림해도 NaN이라 0과 같지 않습니다.",
            en="yhat was rounded and compared with y; NaN stays NaN, which does not equal 0.",
        ),
        loses=frozenset({"accuracy"}),
        edits=[("ytilde = (yhat > 0.5) * 1", "ytilde = torch.round(yhat)")],
    ),
]

EQUIVALENT = [
    Equivalent(
        before,
        before.replace(".detach()", "", 1),
        because="what comes back is detached before it is looked at",
    )
    for before in (
        "losses.append(value.detach())",
        "return network, yhat.detach(), torch.stack(losses)",
    )
]
