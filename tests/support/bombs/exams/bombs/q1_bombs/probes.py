"""Hands on whatever a submission returns."""

import numpy as np


def given(seed, profile):
    return {"values": np.random.default_rng(seed).normal(size=50)}


def probe_vector(student, given, device):
    return {"vector": np.asarray(student.vector(given["values"]))}


def probe_images(student, given, device):
    return {"images": np.asarray(student.images(given["values"]))}


def probe_extras(student, given, device):
    return {"extras": np.zeros(3), **student.extras(given["values"])}


def probe_answers(student, given, device):
    return {"choice": "", "metric": "", **student.answers(given["values"])}
