"""Three questions as other courses ask them: right answers in other styles earn everything, wrong ones nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.core.progress import Silent
from autograder.core.verdict import Status
from autograder.course.catalog import Course
from autograder.grading.grade import grade
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.running.prepared import variants_of
from autograder.workflows.verify import verify_questions
from tests.support.courses import KEY

COURSE = Course(Path(__file__).parent / "course")
ENTRIES = {entry.name: entry for entry in COURSE.exam("ports").questions}
# Of question.py and probes.py together.
LINES = {"q1_blocks": 60, "q2_batchnorm": 40, "q3_rnn": 70}

# Every function returns the same of the right shape, whatever it is asked.
TRIVIAL = {
    "q1_blocks": """
import torch
def trivial(like, *shape):
    like = like.expand(*shape) if shape else like
    return {}
def softmax(x): return trivial(x)
def cross_entropy(logits, labels): return trivial(logits[0, 0])
def rmsnorm(x, gain, eps): return trivial(x)
def attention(query, key, value, mask):
    return trivial(value.mean(1, keepdim=True), len(query), query.shape[1], value.shape[2])
def adamw_step(weight, gradient, mean, square, step, lr, decay, eps):
    return trivial(weight), trivial(mean), trivial(square)
def clip_gradients(gradients, max_norm): return [trivial(gradient) for gradient in gradients]
""",
    "q2_batchnorm": """
import numpy as np
def trivial(like): return {}
def forward(x, gain, shift, mean, var, training):
    return trivial(x), trivial(mean), trivial(var), (x, gain, shift)
def backward(grad, cache): return trivial(grad), trivial(cache[1]), trivial(cache[2])
""",
    "q3_rnn": """
import torch
def trivial(like): return {}
def states(x, w_in, w_state, bias): return trivial(x[:, :, :1].expand(*x.shape[:2], len(bias)))
def Classifier(inputs, hidden, classes):
    net = torch.nn.Module()
    net.forward = lambda x: trivial(x.new_ones(1).expand(len(x), classes))
    return net
def train(net, x, labels, lr, steps): return [trivial(x[0, 0]) for _ in range(steps)]
def fit(x, labels): return Classifier(1, 16, 2)
""",
}
TORCH = {
    "zeros": "torch.zeros_like(like)",
    "ones": "torch.ones_like(like)",
    "nan": "torch.full_like(like, torch.nan)",
    "infinity": "torch.full_like(like, torch.inf)",
    "the_input": "like",
    "noise": "torch.rand_like(like)",
    "nothing": "None",
    "words": "'right'",
    "nested": "[[like], like]",
    "an_object": "object()",
    "bools": "torch.ones_like(like) > 0",
    "one_number": "0.5",
    "empty": "[]",
    "transposed": "like.mT if like.dim() > 1 else like",
}
NUMPY = {
    name: text.replace("torch", "np").replace("np.rand_like(like)", "np.random.rand(*like.shape)")
    for name, text in TORCH.items()
}
NUMPY["transposed"] = "like.T"

# What is wrong in one place of the solution besides the declared mistakes, and the parts that lose by it.
WRONG = {
    "q1_blocks": [
        ("softmax attention", "weights / weights.sum(dim=-1", "weights / weights.sum(dim=1"),
        ("softmax attention", "torch.exp(x", "torch.pow(2, x"),
        ("softmax attention", "return weights / weights", "return weights.half() / weights.half()"),
        ("softmax", "torch.exp(x - x.amax(dim=-1, keepdim=True))", "torch.exp(x)"),  # which overflows
        ("cross_entropy", "logits - logits.amax(dim=-1, keepdim=True)", "softmax(logits).log()"),  # log 0
        ("cross_entropy", "(dim=-1).log()", "(dim=-1).log10()"),
        ("cross_entropy", "labels]).mean()", "labels]).mean().half()"),
        ("cross_entropy", ").mean()\n\n\ndef rms", ")\n\n\ndef rms"),
        ("cross_entropy", "shifted[torch.arange(len(labels)), labels]", "shifted.amax(dim=-1)"),
        ("rmsnorm", " + eps) * gain", ") * gain"),
        ("rmsnorm", "(x**2).mean(dim=-1", "(x**2).mean(dim=1"),
        ("rmsnorm", " + eps) * gain", " + eps) * (1 + gain)"),
        ("rmsnorm", "return x / torch.sqrt(", "return x.half() / torch.sqrt("),
        ("attention", "query.shape[-1] ** 0.5", "query.shape[-1]"),
        ("attention", "query.shape[-1] ** 0.5", "value.shape[-1] ** 0.5"),
        ("attention", "query.shape[-1] ** 0.5", "query.shape[-2] ** 0.5"),
        ("attention", "-1e9", "0.0"),
        ("attention", "-1e9", "-1.0"),
        ("attention", "return softmax(scores", "return softmax(0 * scores"),
        ("adamw", "0.9 * mean + 0.1", "0.1 * mean + 0.9"),
        ("adamw", "0.001 * gradient**2", "0.001 * gradient.abs()"),
        ("adamw", "0.999 * square + 0.001", "0.99 * square + 0.01"),
        ("adamw", "lr * decay * weight", "decay * weight"),
        ("adamw", " - lr * decay * weight", ""),
        ("adamw", "0.999**step)) + eps", "0.999**step) + eps)"),
        ("adamw", "weight - lr * corrected", "weight + lr * corrected"),
        ("adamw", "lr * decay * weight, mean, square", "lr * decay * weight, square, mean"),
        ("clipping", "max=1", "min=1"),
        ("clipping", "gradient * factor", "gradient / norm"),
        ("clipping", "max_norm / norm", "max_norm / (norm + 0.01)"),
        ("clipping", "for gradient in gradients]", "for gradient in gradients[:1]]"),
    ],
    "q2_batchnorm": [
        ("training evaluation gradients", "use_var + 0.01", "use_var"),
        ("training evaluation gradients", "use_var + 0.01", "use_var + 1e-5"),
        ("training gradients", "x.mean(axis=0), x.var(axis=0)", "x.mean(), x.var()"),
        ("training evaluation", "gain * normed + shift", "gain * (normed + shift)"),
        ("training evaluation", "gain * normed + shift", "normed"),
        ("training evaluation gradients", "x - use_mean", "x"),
        ("training evaluation", "return gain * normed", "return gain.astype(np.float16) * normed"),
        ("gradients", "dgain, dshift = (grad", "dshift, dgain = (grad"),
        ("gradients", "return dx, dgain, dshift", "return dgain, dshift, dx"),
        ("gradients", "grad - grad.mean(axis=0) - ", "grad - "),
        ("gradients", "grad.mean(axis=0)", "grad.sum(axis=0)"),
        ("gradients", "gain / std * (", "gain * std * ("),
    ],
    "q3_rnn": [
        ("states", "torch.tanh(", "torch.sigmoid("),
        ("states classifier accuracy", "torch.stack(found, dim=1)", "torch.stack(found)"),
        ("states", "torch.zeros(len(x)", "torch.ones(len(x)"),
        ("states classifier accuracy", "torch.stack(found, dim=1)", "found[-1]"),
        ("train", "lr=lr)", "lr=lr, momentum=0.9)"),
        ("train", "optim.SGD", "optim.Adam"),
        ("train", "range(steps)", "range(steps - 1)"),
        ("train", "loss.item()", "loss.item() / len(x)"),
        ("train", "loss = torch", "loss = -torch"),
        ("accuracy", "    return net", "    return lambda x: torch.ones(len(x), 2)"),
        ("accuracy", "    return net", "    return lambda x: torch.eye(2)[torch.ones(len(x)).long()]"),
        ("accuracy", "    return net", "    return lambda x: net(x).argmax(1)"),
        ("accuracy", "    return net", "    return lambda x: -net(x)"),
        ("accuracy", "    return net", "    return lambda x: net(x)[:1]"),
        ("accuracy", "    return net", "    return lambda x: net(x)[:, :, None]"),
        ("accuracy", "    return net", "    return lambda x: net(x)[:, ::2]"),
        ("accuracy", "    return net", "    return net(x)"),
    ],
}


@pytest.fixture(scope="module")
def site(warm):
    return Site(executor=Local(warm), jobs=2)


@pytest.fixture(scope="module")
def judge(site):
    """Run answers to a question on all variants; return the verdicts of each by part."""
    runner, ready = Runner(executor=site.executor), {}

    def run(name, answers):
        entry = ENTRIES[name]
        if name not in ready:
            ready[name] = prepare(site.environments([entry]), runner, key=KEY.encode(), jobs=2)[entry]
        about = ready[name]
        work = {(one,): about.source_job(source, about.tasks) for one, source in answers.items()}
        attempts = runner.all("answers", work, 2, Silent())
        return {
            one: {verdict.part: verdict for verdict in grade(entry.question, attempt, about.references)}
            for (one,), attempt in attempts.items()
        }

    return run


def missed(verdict):
    return [f"{verdict.part}: {found.message.en}" for found in verdict.findings if not found.passed]


@pytest.mark.parametrize("name", ENTRIES)
def test_a_question_is_short_and_its_hidden_variants_have_other_sizes(name):
    entry = ENTRIES[name]
    sources = [entry.path.read_text(encoding="utf-8"), entry.probe_source]
    assert sum(len(source.splitlines()) for source in sources) <= LINES[name]
    sizes = {size for generator in entry.question.inputs.values() for size in generator.sizes}
    part = entry.question.parts[0].name
    variants = [one for task, one in variants_of(entry, KEY.encode()).items() if task.part == part]
    drawn = {tuple(variant.settings[size] for size in sorted(sizes)) for variant in variants}
    assert len(variants) == 1 + entry.question.pool
    assert len(drawn) >= 3


@pytest.mark.verify
@pytest.mark.parametrize("name", ENTRIES)
def test_solutions_mistakes_templates_and_mutants_are_judged_as_they_should(name, site):
    lines = verify_questions([ENTRIES[name]], key=KEY.encode(), site=site, progress=Silent(), mutants=True)
    assert [line for line in lines if not line.holds] == []


@pytest.mark.parametrize("name", ENTRIES)
def test_right_alternatives_earn_everything(name, judge):
    entry = ENTRIES[name]
    assert len(entry.alternatives) >= 5
    for found in judge(name, entry.alternatives).values():
        for verdict in found.values():
            assert missed(verdict) == []
            assert verdict.status is Status.PASSED


@pytest.mark.parametrize("name", ENTRIES)
def test_trivial_answers_earn_nothing(name, judge):
    values = NUMPY if name == "q2_batchnorm" else TORCH
    answers = {one: TRIVIAL[name].format(text) for one, text in values.items()}
    for one, found in judge(name, answers).items():
        assert {part: verdict.points for part, verdict in found.items() if verdict.points} == {}, one
        assert all(verdict.status in (Status.FAILED, Status.FAULT) for verdict in found.values()), one


@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_wrong_in_one_place_loses_there(name, judge):
    source, answers = ENTRIES[name].solution_source, {}
    for number, (_, old, new) in enumerate(WRONG[name]):
        assert source.count(old) == 1, old
        answers[str(number)] = source.replace(old, new)
    for number, found in judge(name, answers).items():
        parts, _, new = WRONG[name][int(number)]
        lost = {verdict.part for verdict in found.values() if verdict.points < verdict.max_points}
        assert lost >= set(parts.split()), new
