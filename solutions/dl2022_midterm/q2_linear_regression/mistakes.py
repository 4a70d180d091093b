"""The mistakes that students make in the linear regression."""

from autograder import Equivalent, Mistake, Text

ADAM = frozenset({"adam_first_update", "adam_five_updates"})
UPDATES = ADAM | {"sgd_ten_updates"}

MISTAKES = [
    Mistake(
        name="forgot_zero_grad",
        explanation=Text(
            ko="zero_grad()를 빠뜨려 미분계수가 매번 누적되었습니다.",
            en="zero_grad() is missing: the gradients of all earlier updates add up.",
        ),
        loses=frozenset({"adam_five_updates", "sgd_ten_updates"}),
        edits=[("        optimizer.zero_grad()\n", "")],
    ),
    Mistake(
        name="sgd_instead_of_adam",
        explanation=Text(
            ko="Adam 대신 SGD로 갱신했습니다. Adam의 첫 갱신은 각 좌표에서 크기가 학습률과 같습니다.",
            en="SGD was used where Adam is asked; Adam's first step has the learning rate's size everywhere.",
        ),
        loses=ADAM,
        edits=[("torch.optim.Adam(", "torch.optim.SGD(")],
    ),
    Mistake(
        name="adam_state_not_carried",
        explanation=Text(
            ko="갱신마다 optimizer를 새로 만들어 Adam의 모멘트가 이어지지 않았습니다.",
            en="The optimiser is made anew for every update, so Adam's moments are not carried over.",
        ),
        loses=frozenset({"adam_five_updates"}),
        appended="""

def adam_updates(net, X, y, lr, steps):
    once = [train(net, X, y, torch.optim.Adam(net.parameters(), lr=lr), 1) for _ in range(steps)]
    return [gradient for [gradient], _ in once], [weight for _, [weight] in once]
""",
    ),
    Mistake(
        name="sum_instead_of_mean",
        explanation=Text(
            ko="손실을 평균이 아니라 합으로 계산하여 미분계수가 n배가 되었습니다.",
            en="The loss is a sum instead of a mean: the gradient is n times too large.",
        ),
        loses=UPDATES,
        edits=[("torch.mean((y - net(X)) ** 2)", "torch.sum((y - net(X)) ** 2)")],
    ),
    Mistake(
        name="half_of_the_mean",
        explanation=Text(
            ko="손실에 1/2을 곱하여 미분계수가 반이 되었습니다. MSELoss는 제곱의 평균입니다.",
            en="The loss was halved, and the gradient with it; MSELoss is the mean of the squares.",
        ),
        loses=UPDATES,
        edits=[("torch.mean((y - net(X)) ** 2)", "0.5 * torch.mean((y - net(X)) ** 2)")],
    ),
    Mistake(
        name="y_without_its_axis",
        explanation=Text(
            ko="y의 모양을 (n,)으로 바꾸어 (n, 1)인 예측값과의 차가 (n, n)이 되었습니다. 둘의 모양이 같아야 합니다.",
            en="y was given the shape (n,), so that its difference to the prediction (n, 1) is (n, n); both need one shape.",
        ),
        loses=UPDATES,
        edits=[("torch.mean((y - net(X)) ** 2)", "torch.mean((y.reshape(-1) - net(X)) ** 2)")],
    ),
    Mistake(
        name="residual_sign_flipped",
        explanation=Text(
            ko="미분계수를 직접 계산하면서 잔차의 부호를 거꾸로(Xw−y 대신 y−Xw) 썼습니다.",
            en="The gradient was written by hand with the residual's sign flipped: y−Xw instead of Xw−y.",
        ),
        loses=UPDATES,
        edits=[
            (
                "        loss.backward()\n",
                "        net.weight.grad = 2 / len(X) * (y - net(X)).detach().T @ X\n",
            )
        ],
    ),
    Mistake(
        name="prediction_added",
        explanation=Text(
            ko="잔차에서 예측값을 빼지 않고 더했습니다(y−ŷ 대신 y+ŷ).",
            en="The prediction was added in the residual instead of subtracted: y+ŷ instead of y−ŷ.",
        ),
        loses=UPDATES,
        edits=[("torch.mean((y - net(X)) ** 2)", "torch.mean((y + net(X)) ** 2)")],
    ),
    Mistake(
        name="learning_rate_of_adam_in_sgd",
        explanation=Text(
            ko="SGD에 Adam의 학습률 0.1을 그대로 썼습니다.",
            en="SGD was given Adam's learning rate, 0.1, instead of its own.",
        ),
        loses=frozenset({"sgd_ten_updates"}),
        edits=[("torch.optim.SGD(net.parameters(), lr=lr)", "torch.optim.SGD(net.parameters(), lr=0.1)")],
    ),
    Mistake(
        name="learning_rate_of_sgd_in_adam",
        explanation=Text(
            ko="Adam에 SGD의 학습률 0.2를 그대로 썼습니다.",
            en="Adam was given SGD's learning rate, 0.2, instead of its own.",
        ),
        loses=ADAM,
        edits=[("torch.optim.Adam(net.parameters(), lr=lr)", "torch.optim.Adam(net.parameters(), lr=0.2)")],
    ),
    Mistake(
        name="weight_before_the_step",
        explanation=Text(
            ko="optimizer.step()을 부르기 전의 가중치를 기록했습니다.",
            en="The weights were recorded before optimizer.step() instead of after it.",
        ),
        loses=UPDATES,
        edits=[
            (
                "        optimizer.step()\n        weights.append(net.weight.detach().clone())\n",
                "        weights.append(net.weight.detach().clone())\n        optimizer.step()\n",
            )
        ],
    ),
    Mistake(
        name="weights_not_copied",
        explanation=Text(
            ko="net.weight.data를 복사하지 않고 기록하여 모든 항목이 마지막 값이 되었습니다. clone()을 쓰세요.",
            en="net.weight.data was recorded without a copy, so every entry became the last weight. Use clone().",
        ),
        loses=frozenset({"adam_five_updates", "sgd_ten_updates"}),
        edits=[("weights.append(net.weight.detach().clone())", "weights.append(net.weight.data)")],
    ),
    Mistake(
        name="network_not_updated",
        explanation=Text(
            ko="네트워크의 복사본을 학습하여 받은 net은 그대로입니다.",
            en="A copy of the network was trained; the network that was passed in is as before.",
        ),
        loses=UPDATES,
        appended="""

import copy


def adam_updates(net, X, y, lr, steps):
    twin = copy.deepcopy(net)
    return train(twin, X, y, torch.optim.Adam(twin.parameters(), lr=lr), steps)


def sgd_updates(net, X, y, lr, steps):
    twin = copy.deepcopy(net)
    return train(twin, X, y, torch.optim.SGD(twin.parameters(), lr=lr), steps)
""",
    ),
    Mistake(
        name="four_updates",
        explanation=Text(ko="갱신을 한 번 덜 했습니다.", en="One update too few was made."),
        loses=ADAM,
        edits=[
            (
                "torch.optim.Adam(net.parameters(), lr=lr), steps)",
                "torch.optim.Adam(net.parameters(), lr=lr), steps - 1)",
            )
        ],
    ),
    Mistake(
        name="six_updates",
        explanation=Text(
            ko="갱신을 한 번 더 했습니다. 처음의 1회를 포함하여 5회입니다.",
            en="One update too many was made; the first one is included in the five.",
        ),
        loses=ADAM,
        edits=[
            (
                "torch.optim.Adam(net.parameters(), lr=lr), steps)",
                "torch.optim.Adam(net.parameters(), lr=lr), steps + 1)",
            )
        ],
    ),
    Mistake(
        name="steps_ignored",
        explanation=Text(
            ko="steps를 무시하고 항상 5회 갱신했습니다.",
            en="steps is ignored: five updates are made whatever it says.",
        ),
        loses=ADAM,
        edits=[
            (
                "torch.optim.Adam(net.parameters(), lr=lr), steps)",
                "torch.optim.Adam(net.parameters(), lr=lr), 5)",
            )
        ],
    ),
    Mistake(
        name="half_precision",
        explanation=Text(
            ko="float16으로 계산하여 정밀도가 부족합니다. float32를 쓰세요.",
            en="Computed in float16, which is not precise enough. Use float32.",
        ),
        loses=UPDATES,
        edits=[
            (
                "    gradients, weights = [], []\n",
                "    net, X, y = net.half(), X.half(), y.half()\n    gradients, weights = [], []\n",
            )
        ],
    ),
    Mistake(
        name="columns_swapped",
        explanation=Text(
            ko="X의 두 열이 바뀌었습니다. 첫 열은 1, 둘째 열은 x입니다.",
            en="The columns of X are swapped: the first is ones, the second is x.",
        ),
        loses=frozenset({"initial_network"}),
        edits=[
            ("torch.stack([torch.ones_like(x), x], dim=1)", "torch.stack([x, torch.ones_like(x)], dim=1)")
        ],
    ),
    Mistake(
        name="bias_true",
        explanation=Text(
            ko="bias=True로 두었습니다. X의 첫 열이 이미 절편이므로 편향이 없어야 합니다.",
            en="bias=True: the first column of X is the intercept already, so there must be no bias.",
        ),
        loses=frozenset({"initial_network"}),
        edits=[("bias=False", "bias=True")],
    ),
    Mistake(
        name="weights_in_wrong_order",
        explanation=Text(
            ko="가중치의 순서가 바뀌었습니다. (w0, w1) = (−5, 10)입니다.",
            en="The weights are in the wrong order: (w0, w1) = (−5, 10).",
        ),
        loses=frozenset({"initial_network"}),
        edits=[("torch.tensor([[-5.0, 10.0]])", "torch.tensor([[10.0, -5.0]])")],
    ),
    Mistake(
        name="hard_coded_answers",
        explanation=Text(
            ko="시험지의 자료에 대한 답을 그대로 적었습니다. 인자로 받은 X, y, lr, steps에서 계산해야 합니다.",
            en="The answers for the exam's own data are written down; they must be computed from X, y, lr, steps.",
        ),
        loses=UPDATES,
        appended="""

SEED_GRADIENTS = [
    [-15.728994, 14.719844],
    [-15.517881, 14.478948],
    [-15.306849, 14.238163],
    [-15.095951, 13.997565],
    [-14.885244, 13.757231],
]
SEED_WEIGHTS = [
    [-4.9, 9.9],
    [-4.8000375, 9.8000464],
    [-4.7001381, 9.7001711],
    [-4.6003279, 9.6004067],
    [-4.5006330, 9.5007863],
]


def adam_updates(net, X, y, lr, steps):
    rows = slice(1 if steps == 1 else 5)
    net.weight.data = torch.tensor([SEED_WEIGHTS[rows][-1]])
    return torch.tensor(SEED_GRADIENTS[rows])[:, None], torch.tensor(SEED_WEIGHTS[rows])[:, None]


def sgd_updates(net, X, y, lr, steps):
    torch.manual_seed(7676)
    x = torch.randn(100).sort().values
    y = (2.5 + 4 * x + torch.randn(100) * 0.5).reshape(-1, 1)
    net.weight.data = torch.tensor([SEED_WEIGHTS[-1]])
    return train(net, design_matrix(x), y, torch.optim.SGD(net.parameters(), lr=0.2), 10)
""",
    ),
    Mistake(
        name="converged_without_absolute_value",
        explanation=Text(
            ko="미분계수의 절댓값을 보지 않아 큰 음수도 수렴으로 판정합니다.",
            en="The gradient's absolute value is not taken, so that a large negative number counts as converged.",
        ),
        loses=frozenset({"convergence"}),
        edits=[("gradient.abs().max() < 0.2", "gradient.max() < 0.2")],
    ),
    Mistake(
        name="converged_by_the_sum",
        explanation=Text(
            ko="좌표의 합으로 판정하여 서로 상쇄되는 미분계수를 수렴으로 봅니다.",
            en="Judged by the sum of the coordinates, so that gradients that cancel count as converged.",
        ),
        loses=frozenset({"convergence"}),
        edits=[("gradient.abs().max() < 0.2", "gradient.sum().abs() < 0.2")],
    ),
    Mistake(
        name="converged_by_one_coordinate",
        explanation=Text(
            ko="첫 좌표만 보고 판정했습니다.", en="Only the first coordinate of the gradient is looked at."
        ),
        loses=frozenset({"convergence"}),
        edits=[("gradient.abs().max() < 0.2", "gradient[0, 0].abs() < 0.2")],
    ),
    Mistake(
        name="always_converged",
        explanation=Text(
            ko="미분계수와 상관없이 항상 수렴했다고 판정합니다.",
            en="The answer is always yes, whatever the gradient.",
        ),
        loses=frozenset({"convergence"}),
        edits=[("return bool(gradient.abs().max() < 0.2)", "return True")],
    ),
]

EQUIVALENT = [
    Equivalent(
        "gradients.append(net.weight.grad.clone())",
        "gradients.append(net.weight.grad)",
        because="zero_grad() sets the gradient to None, and the next backward() makes a new tensor",
    ),
    Equivalent(
        "weights.append(net.weight.detach().clone())",
        "weights.append(net.weight.clone())",
        because="what comes back is detached before it is looked at",
    ),
]
