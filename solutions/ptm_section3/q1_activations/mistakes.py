"""The mistakes that students make: the activation functions."""

from autograder import Equivalent, Mistake, Text

VALUES = frozenset({"tanh_values"})
FUNCTIONS = frozenset({"activation_functions"})
COMPOSITION = frozenset({"composition"})

MISTAKES = [
    Mistake(
        name="sigmoid_for_tanh",
        explanation=Text(
            ko="tanh 대신 시그모이드를 계산했습니다. 시그모이드는 0과 1 사이입니다.",
            en="The sigmoid was computed instead of tanh; the sigmoid lies between 0 and 1.",
        ),
        loses=VALUES,
        edits=[("float(np.tanh(score))", "float(sigmoid(score))")],
    ),
    Mistake(
        name="single_precision",
        explanation=Text(
            ko="float32로 계산하여 여덟째 자리부터 다릅니다. float64를 쓰세요.",
            en="Computed in float32, which differs from about the eighth digit on. Use float64.",
        ),
        loses=VALUES,
        edits=[("float(np.tanh(score))", "float(np.tanh(np.float32(score)))")],
    ),
    Mistake(
        name="activation_fixed",
        explanation=Text(
            ko="neuron이 인자로 받은 f 대신 항상 tanh를 적용합니다.",
            en="neuron always applies tanh instead of the function f that is passed in.",
        ),
        loses=VALUES,
        edits=[("return f(w * x + b)", "return np.tanh(w * x + b)")],
    ),
    Mistake(
        name="bias_inside",
        explanation=Text(
            ko="편향을 가중치를 곱하기 전에 더했습니다: w(x+b) 대신 wx+b입니다.",
            en="The bias was added before the weight was multiplied: w(x+b) instead of wx+b.",
        ),
        loses=VALUES | COMPOSITION,
        edits=[("return f(w * x + b)", "return f(w * (x + b))")],
    ),
    Mistake(
        name="softmax_over_the_wrong_axis",
        explanation=Text(
            ko="softmax를 마지막 축을 따라 계산했습니다. 0번 축, 곧 열마다 합이 1이어야 합니다.",
            en="softmax was taken along the last axis; along axis 0 every column sums to one.",
        ),
        loses=FUNCTIONS,
        edits=[
            ("np.max(x, axis=0)", "np.max(x, axis=-1, keepdims=True)"),
            ("np.sum(powers, axis=0)", "np.sum(powers, axis=-1, keepdims=True)"),
        ],
    ),
    Mistake(
        name="relu_with_one",
        explanation=Text(
            ko="relu가 max(x, 1)입니다. max(x, 0)이어야 합니다.",
            en="relu is max(x, 1) here; it must be max(x, 0).",
        ),
        loses=FUNCTIONS,
        edits=[("np.maximum(x, 0)", "np.maximum(x, 1)")],
    ),
    Mistake(
        name="leaky_slope_of_0_01",
        explanation=Text(
            ko="leaky_relu의 음수 쪽 기울기를 0.01로 두었습니다. 이 문제에서는 0.1입니다.",
            en="leaky_relu has slope 0.01 for negative inputs; here it is 0.1.",
        ),
        loses=FUNCTIONS,
        edits=[("0.1 * x", "0.01 * x")],
    ),
    Mistake(
        name="hardtanh_from_zero",
        explanation=Text(
            ko="hardtanh의 아래 끝을 0으로 두었습니다. −1과 1 사이로 자릅니다.",
            en="hardtanh is cut off at 0 below; it is cut off at −1 and 1.",
        ),
        loses=FUNCTIONS,
        edits=[("np.clip(x, -1, 1)", "np.clip(x, 0, 1)")],
    ),
    Mistake(
        name="relu_differentiable",
        explanation=Text(
            ko="꺾인 점을 놓쳤습니다. hardtanh는 ±1에서, relu와 leaky_relu는 0에서 미분 가능하지 않습니다.",
            en="The kinks were missed: hardtanh has no derivative at ±1, relu and leaky_relu have none at 0.",
        ),
        loses=FUNCTIONS,
        edits=[("bool(np.abs(right - left).max() < 1e-3)", "True")],
    ),
    Mistake(
        name="plotted_against_the_index",
        explanation=Text(
            ko="plt.plot(값)으로 그려 가로축이 x가 아니라 원소의 번호입니다. plt.plot(x, 값)으로 그리세요.",
            en="plt.plot(values) draws over the index of the elements, not over x. Write plt.plot(x, values).",
        ),
        loses=FUNCTIONS | COMPOSITION,
        edits=[
            ("plt.plot(x, function(x))", "plt.plot(function(x))"),
            ("plt.plot(x, values, label=name)", "plt.plot(values, label=name)"),
        ],
    ),
    Mistake(
        name="a_and_b_swapped",
        explanation=Text(ko="A와 B가 서로 바뀌었습니다.", en="A and B are swapped."),
        loses=COMPOSITION,
        edits=[('"A": a(x),', '"A": b(x),'), ('"B": b(x),', '"B": a(x),')],
    ),
    Mistake(
        name="multiplied_instead_of_composed",
        explanation=Text(
            ko="C(A+B)를 C(x)와 A+B의 곱으로 계산했습니다. A+B의 값을 C에 넣어야 합니다.",
            en="C(A+B) was computed as the product of C(x) and A+B; A+B must be put into C.",
        ),
        loses=COMPOSITION,
        edits=[
            ('"C(A+B)": c(inner)', '"C(A+B)": c(x) * inner'),
            ('"D(A+B)": d(inner)', '"D(A+B)": d(x) * inner'),
            ("c(inner) + d(inner)", "c(x) * inner + d(x) * inner"),
        ],
    ),
    Mistake(
        name="biases_only_added",
        explanation=Text(
            ko="affine_map에서 편향을 그대로 더했습니다. 앞 뉴런의 편향에는 다음 가중치가 곱해집니다.",
            en="affine_map adds up the biases as they are; each is multiplied by the weights that come after it.",
        ),
        loses=COMPOSITION,
        edits=[("w * intercept + b", "intercept + b")],
    ),
    Mistake(
        name="bounds_required",
        explanation=Text(
            ko="저점과 고점이 항상 있어야 하는 것은 아닙니다. ReLU에는 고점이 없습니다.",
            en="An activation function need not have both bounds: ReLU has none above.",
        ),
        loses=COMPOSITION,
        edits=[
            ('all(found["low"] and found["high"] for found in PROPERTIES.values())', "True"),
        ],
    ),
]

# The experiments behind the truth values: the lines with a bound, and the grid.
BOUNDS = [
    '"nonlinear": bool(np.abs(np.diff(f(x), 2)).max() > 1e-6),',
    '"differentiable": bool(np.abs(right - left).max() < 1e-3),',
    '"low": bool(np.abs(np.diff(f(-far))).max() < 1e-6),',
    '"high": bool(np.abs(np.diff(f(far))).max() < 1e-6),',
    '"affine_only": bool(second_difference_without_activation() < 1e-12),',
    '"linear_minimum": bool(least_curvature_of_the_linear_loss() > 0),',
    '"network_minimum": bool(change_by_turning_a_hidden_unit() > 1e-12),',
    '"saturated": bool(abs(tanh(5.0) - tanh(3.0)) < 0.01),',
]
GRID = "x = np.arange({}, {}) / 4  # has the kinks, -1, 0 and 1, among its points"

EQUIVALENT = [
    *(
        Equivalent(
            line,
            line.replace(" < ", " <= ").replace(" > ", " >= "),
            because="No number that is found is the bound itself.",
        )
        for line in BOUNDS
    ),
    *(
        Equivalent(GRID.format(-12, 13), GRID.format(low, high), because="The kinks stay among the points.")
        for low, high in [(-11, 13), (-13, 13), (-12, 12), (-12, 14)]
    ),
    Equivalent(
        BOUNDS[-1],
        BOUNDS[-1].replace("tanh(5.0)", "sigmoid(5.0)"),
        because="The sigmoid is nearly 1 at 5, too.",
    ),
]
