"""What several questions observe of figures."""

from __future__ import annotations

from autograder.probing.figures import figure_of, picture


def drawn(observe, name, function, *arguments, keep=True):
    """Observe the figure that a student's function returns, and close it, so that no later one is drawn into it.

    Args:
        name: of the function, for messages; the figure's picture is observed as ``figure_<name>``.
        keep: whether its picture is wanted; drawing one takes 0.1 s.

    Returns:
        The figure.
    """
    import matplotlib.pyplot as plt

    open_before = set(plt.get_fignums())
    figure = observe(f"_{name}", lambda: figure_of(function(*arguments), name))
    if keep:
        observe(f"figure_{name}", lambda: picture(figure))
    for number in set(plt.get_fignums()) - open_before:
        plt.close(number)
    return figure
