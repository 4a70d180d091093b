import matplotlib.pyplot as plt


def scaled(values, factor):
    return [factor * value for value in values]


def spread(values):
    return max(values) - min(values)


ANSWER = "yes"


def drawn(values):
    figure, axes = plt.subplots()
    axes.plot(values)
    return figure
