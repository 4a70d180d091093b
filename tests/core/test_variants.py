"""Hidden variants follow from the key, differ from the public one, and are spread over the class."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from autograder.core.outcome import PUBLIC
from autograder.core.variants import assigned, pool, practice_variant, public_variant


def test_the_pool_follows_from_the_key_and_only_from_it(toy):
    part = toy.question.part("cumulative")
    once = pool(toy.question, part, b"key", toy.id)
    assert once == pool(toy.question, part, b"key", toy.id)
    assert once != pool(toy.question, part, b"another", toy.id)
    assert len({variant.seed for variant in once}) == len(once) == toy.question.pool
    assert all(variant.settings["scale"] in (2.0, 3.0) for variant in once)


def test_public_practice_and_hidden_variants_are_different(toy):
    part = toy.question.part("cumulative")
    public = public_variant(toy.question, part)
    assert (public.name, public.seed, public.settings) == (PUBLIC, 1, {"scale": 1.0})
    seeds = {variant.seed for variant in pool(toy.question, part, b"key", toy.id)}
    assert public.seed not in seeds
    assert practice_variant(toy.question, part, toy.id).seed not in seeds | {public.seed}


def test_parts_of_a_question_share_the_data_of_a_variant(toy):
    first, second, _ = toy.question.parts
    seeds = [[v.seed for v in pool(toy.question, part, b"key", toy.id)] for part in (first, second)]
    assert seeds[0] == seeds[1]


def test_a_class_is_spread_over_the_pool_and_neighbours_differ(toy):
    parts = toy.question.parts
    names = [f"student{number:03}" for number in range(400)]
    given = {
        name: tuple(assigned(toy.question, part, b"key", toy.id, name) for part in parts) for name in names
    }
    counts = Counter(variants[0] for variants in given.values())
    assert len(counts) == toy.question.pool
    assert all(60 < count < 140 for count in counts.values())  # 100 expected, standard deviation 8.7
    same = sum(given[left] == given[right] for left, right in pairwise(names))
    assert same < 20  # 399 / 4**3 = 6 expected
