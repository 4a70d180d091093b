"""The mistakes that students make in batch normalisation."""

from autograder import Mistake, Text

ALL = "training evaluation gradients"


def mistake(name, parts, told, *edits):
    return Mistake(name=name, explanation=Text(en=told), loses=frozenset(parts.split()), edits=edits)


MISTAKES = [
    mistake(
        "variance_over_n_minus_1",
        "training gradients",
        "The variance is divided by n - 1 instead of n.",
        ("x.var(axis=0)", "x.var(axis=0, ddof=1)"),
    ),
    mistake(
        "eps_outside_the_root",
        ALL,
        "eps is added to the standard deviation instead of to the variance.",
        ("np.sqrt(use_var + 0.01)", "np.sqrt(use_var) + 0.01"),
    ),
    mistake(
        "divided_by_the_variance",
        ALL,
        "The deviations are divided by the variance instead of the standard deviation.",
        ("std = np.sqrt(use_var + 0.01)", "std = use_var + 0.01"),
    ),
    mistake(
        "rows_normalised",
        "training gradients",
        "The rows are normalised instead of the columns, as LayerNorm does.",
        ("    std = np.sqrt", "    if training:\n        x = (x.T - x.mean(1)).T\n    std = np.sqrt"),
    ),
    mistake(
        "running_statistics_forgotten",
        "training",
        "The running mean and variance are not updated.",
        ("        mean, var = 0.9 * mean + 0.1 * use_mean, 0.9 * var + 0.1 * use_var\n", ""),
    ),
    mistake(
        "momentum_swapped",
        "training",
        "The new statistics got the weight 0.9, the old ones 0.1.",
        (
            "0.9 * mean + 0.1 * use_mean, 0.9 * var + 0.1 * use_var",
            "0.1 * mean + 0.9 * use_mean, 0.1 * var + 0.9 * use_var",
        ),
    ),
    mistake(
        "batch_statistics_in_evaluation",
        "evaluation",
        "In evaluation the statistics of the batch are used instead of the running ones.",
        ("    use_mean, use_var = mean, var\n", "    use_mean, use_var = x.mean(axis=0), x.var(axis=0)\n"),
    ),
    mistake(
        "updated_in_evaluation",
        "evaluation",
        "The running statistics are updated in evaluation too.",
        (
            "    std = np.sqrt",
            "    if not training:\n        mean = 0.9 * mean + 0.1 * x.mean(axis=0)\n    std = np.sqrt",
        ),
    ),
    mistake(
        "statistics_held_constant",
        "gradients",
        "The mean and the variance are taken as constants; both depend on every row.",
        ("(grad - grad.mean(axis=0) - normed * (grad * normed).mean(axis=0))", "grad"),
    ),
    mistake(
        "variance_held_constant",
        "gradients",
        "The variance is taken as a constant; it depends on every row.",
        (" - normed * (grad * normed).mean(axis=0))", ")"),
    ),
    mistake(
        "gain_not_in_dx",
        "gradients",
        "The gradient of x lacks the factor gain.",
        ("dx = gain / std", "dx = 1 / std"),
    ),
    mistake(
        "gradients_averaged",
        "gradients",
        "The gradients of gain and shift are means over the rows instead of sums.",
        ("(grad * normed).sum(axis=0), grad.sum(axis=0)", "(grad * normed).mean(axis=0), grad.mean(axis=0)"),
    ),
]
