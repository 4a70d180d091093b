from __future__ import annotations


def vector(values):
    raise NotImplementedError


def images(values):
    raise NotImplementedError


def extras(values):
    raise NotImplementedError


def answers(values):
    raise NotImplementedError
