"""The mistakes that students make in the building blocks."""

from autograder import Mistake, Text


def mistake(name, part, told, *edits):
    return Mistake(name=name, explanation=Text(en=told), loses=frozenset(part.split()), edits=edits)


MISTAKES = [
    mistake(
        "softmax_over_the_first_axis",
        "softmax attention",
        "The softmax is over the first axis instead of the last.",
        ("torch.exp(x - x.amax(dim=-1, keepdim=True))", "torch.exp(x - x.amax(dim=0, keepdim=True))"),
        ("weights / weights.sum(dim=-1, keepdim=True)", "weights / weights.sum(dim=0, keepdim=True)"),
    ),
    mistake(
        "softmax_over_the_whole_tensor",
        "softmax attention",
        "The softmax is over the whole tensor instead of its last axis.",
        ("weights / weights.sum(dim=-1, keepdim=True)", "weights / weights.sum()"),
    ),
    mistake(
        "loss_summed",
        "cross_entropy",
        "The loss is the sum over the rows instead of their mean.",
        ("labels]).mean()", "labels]).sum()"),
    ),
    mistake(
        "loss_of_the_wrong_sign",
        "cross_entropy",
        "The sign is missing: this is the log-likelihood.",
        ("return (log_total - shifted[", "return -(log_total - shifted["),
    ),
    mistake(
        "eps_outside_the_root",
        "rmsnorm",
        "eps is added to the root instead of to the mean square.",
        (
            "torch.sqrt((x**2).mean(dim=-1, keepdim=True) + eps)",
            "((x**2).mean(-1, keepdim=True).sqrt() + eps)",
        ),
    ),
    mistake(
        "root_of_the_sum",
        "rmsnorm",
        "The squares are summed instead of averaged.",
        ("(x**2).mean(dim=-1, keepdim=True)", "(x**2).sum(dim=-1, keepdim=True)"),
    ),
    mistake(
        "gain_missing", "rmsnorm", "The result is not multiplied by the gain.", (" + eps) * gain", " + eps)")
    ),
    mistake(
        "mean_subtracted",
        "rmsnorm",
        "The mean is subtracted, as LayerNorm does; RMSNorm does not.",
        (
            "    return x / torch.sqrt(",
            "    x = x - x.mean(dim=-1, keepdim=True)\n    return x / torch.sqrt(",
        ),
    ),
    mistake(
        "scores_not_scaled",
        "attention",
        "The scores are not divided by sqrt(d).",
        (" / query.shape[-1] ** 0.5", ""),
    ),
    mistake(
        "mask_inverted",
        "attention",
        "The keys to be seen are hidden, and the others seen.",
        ("~mask", "mask"),
    ),
    mistake(
        "mask_ignored",
        "attention",
        "The mask is not used.",
        ("scores.masked_fill(~mask, -1e9)", "scores"),
    ),
    mistake(
        "masked_after_the_softmax",
        "attention",
        "The weights were set to 0 after the softmax, so that they do not sum to 1.",
        ("softmax(scores.masked_fill(~mask, -1e9))", "softmax(scores) * mask"),
    ),
    mistake(
        "decay_in_the_gradient",
        "adamw",
        "The decay is added to the gradient, as Adam with L2 does; AdamW decouples it.",
        (
            "    mean = 0.9 * mean",
            "    gradient = gradient + decay * weight\n    mean = 0.9 * mean",
        ),
        (" - lr * decay * weight", ""),
    ),
    mistake(
        "moments_not_corrected",
        "adamw",
        "The moments are not divided by 1 - beta^t.",
        ("mean / (1 - 0.9**step)", "mean"),
        ("square / (1 - 0.999**step)", "square"),
    ),
    mistake(
        "steps_from_zero",
        "adamw",
        "The correction counts the steps from 0.",
        ("mean / (1 - 0.9**step)", "mean / (1 - 0.9 ** (step - 1) + 1e-12)"),
        ("square / (1 - 0.999**step)", "square / (1 - 0.999 ** (step - 1) + 1e-12)"),
    ),
    mistake(
        "corrected_moments_kept",
        "adamw",
        "The corrected mean is returned; the next step needs it as it was.",
        ("decay * weight, mean, square", "decay * weight, corrected, square"),
    ),
    mistake(
        "clipped_by_value",
        "clipping",
        "Every element is clipped; the gradients lose their direction.",
        ("gradient * factor for", "gradient.clamp(-max_norm, max_norm) for"),
    ),
    mistake(
        "clipped_one_by_one",
        "clipping",
        "Every gradient is clipped by its own norm instead of the norm of all together.",
        ("gradient * factor for", "gradient * torch.clamp(max_norm / gradient.norm(), max=1) for"),
    ),
    mistake(
        "always_scaled",
        "clipping",
        "Gradients below the maximum are scaled up.",
        ("torch.clamp(max_norm / norm, max=1)", "max_norm / norm"),
    ),
    mistake(
        "norm_without_a_root",
        "clipping",
        "The root of the sum of squares is missing.",
        (
            "torch.sqrt(sum((gradient**2).sum() for gradient in gradients))",
            "sum((g**2).sum() for g in gradients)",
        ),
    ),
]
