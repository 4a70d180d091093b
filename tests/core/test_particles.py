"""Korean particles after words of many kinds, as they are read aloud."""

from __future__ import annotations

import pytest

from autograder.core.particles import with_particles
from autograder.core.text import Text


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("손실이(가)", "손실이"),
        ("정확도이(가)", "정확도가"),
        ("crawl()은(는)", "crawl()은"),
        ("`layer`을(를)", "`layer`를"),
        ("batch을(를)", "batch를"),
        ("net을(를)", "net을"),
        ("weight을(를)", "weight를"),
        ("model와(과)", "model과"),
        ("x_train을(를)", "x_train을"),
        ("lr이(가)", "lr이"),
        ("y이(가)", "y가"),
        ("n은(는)", "n은"),
        ("3이(가)", "3이"),
        ("12이(가)", "12가"),
        ("서울(으)로", "서울로"),
        ("집(으)로", "집으로"),
        ("model(으)로", "model로"),
        ("'학습'을(를)", "'학습'을"),
        ("이(가)", "가"),
    ],
)
def test_the_form_follows_the_last_sound(template, expected):
    assert with_particles(template) == expected


def test_templates_are_filled_with_particles_that_fit():
    text = Text(ko="{name}이(가) 없습니다.", en="{name} is not there.")
    assert text.format(name="loss").ko == "loss가 없습니다."
    assert text.format(name=Text("학습률", "rate")) == Text("학습률이 없습니다.", "rate is not there.")


def test_a_text_is_false_that_says_nothing():
    assert not Text()
    assert Text(ko="예")
    assert Text(en="yes")


def test_a_long_text_of_particles_is_read_a_few_letters_back_each():
    word = "a" * 100_000 + "_"  # looked through from its start at each particle, it would take days
    assert with_particles(f"{word}{'_이(가)' * 20_000}") == f"{word}{'_가' * 20_000}"
    assert with_particles("a" * 100 + "ng을(를)") == "a" * 100 + "ng을"
