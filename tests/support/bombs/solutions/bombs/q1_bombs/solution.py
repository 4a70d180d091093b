import numpy as np


def vector(values):
    return np.arange(50.0) * np.zeros(50) + np.arange(50)


def images(values):
    return np.zeros((20, 28, 28)) + np.arange(28.0)


def extras(values):
    return {}


def answers(values):
    return {}
