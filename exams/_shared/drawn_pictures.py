"""Draws pictures of ten kinds that stand for those of CIFAR-10, as many as are wanted and never the same."""

from __future__ import annotations

import numpy as np

SIDE = 32
ROWS, COLUMNS = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1)


def ellipse(row, column, height, width, tilt=0.0):
    """Mask of an ellipse; lengths are half axes in image widths."""
    r, c = ROWS - row, COLUMNS - column
    along, across = c * np.cos(tilt) + r * np.sin(tilt), r * np.cos(tilt) - c * np.sin(tilt)
    return (across / height) ** 2 + (along / width) ** 2 <= 1


def box(top, left, bottom, right):
    return (top <= ROWS) & (bottom >= ROWS) & (left <= COLUMNS) & (right >= COLUMNS)


def wheels(row, left, right):
    return ellipse(row, left, 0.07, 0.07) | ellipse(row, right, 0.07, 0.07)


def legs(top, bottom, *columns):
    return np.logical_or.reduce([box(top, c - 0.03, bottom, c + 0.03) for c in columns])


SKY, ROAD, SEA, GRASS, ROOM = (120, 170, 220), (130, 130, 130), (40, 80, 140), (90, 140, 70), (170, 150, 130)


def shapes(kind, d):
    """Return (background, [(mask, colour), ...]) of one class; ``d`` moves the thing, in image widths."""
    r, c = 0.5 + d[0], 0.5 + d[1]
    animal = [(ellipse(r, c, 0.15, 0.27), 0), (ellipse(r - 0.18, c + 0.24, 0.1, 0.11), 0)]
    head = [(ellipse(r, c, 0.27, 0.25), 0), (wheels(r - 0.05, c - 0.09, c + 0.09), -90)]
    return [
        (SKY, [(ellipse(r, c, 0.07, 0.4), 0), (ellipse(r, c, 0.05, 0.25, 1.1), -30)]),
        (ROAD, [(box(r, c - 0.35, r + 0.2, c + 0.35), 0), (box(r - 0.15, c - 0.2, r, c + 0.2), 30), (wheels(r + 0.2, c - 0.2, c + 0.2), -110)]),
        (SKY, [(ellipse(r, c, 0.12, 0.2), -60), (ellipse(r - 0.1, c - 0.02, 0.05, 0.2, 0.8), -80), (ellipse(r - 0.08, c + 0.2, 0.08, 0.08), -50)]),
        (ROOM, [*head, (ellipse(r - 0.28, c - 0.15, 0.12, 0.06), 0), (ellipse(r - 0.28, c + 0.15, 0.12, 0.06), 0)]),
        (GRASS, [*animal, (legs(r, r + 0.4, c - 0.2, c + 0.2), 0), (legs(r - 0.42, r - 0.2, c + 0.18, c + 0.32), 20)]),
        (ROOM, [*head, (ellipse(r + 0.02, c - 0.27, 0.2, 0.08), -50), (ellipse(r + 0.02, c + 0.27, 0.2, 0.08), -50)]),
        (GRASS, [(ellipse(r + 0.1, c, 0.2, 0.32), 0), (wheels(r - 0.1, c - 0.15, c + 0.15), 70)]),
        (GRASS, [*animal, (legs(r, r + 0.35, c - 0.2, c - 0.08, c + 0.08, c + 0.2), 0), (ellipse(r - 0.02, c - 0.3, 0.15, 0.05), -70)]),
        (SEA, [(box(0, 0, r + 0.05, 1), 110), (box(r, c - 0.38, r + 0.14, c + 0.38), 0), (box(r - 0.25, c - 0.05, r, c + 0.1), 40)]),
        (ROAD, [(box(r - 0.25, c - 0.4, r + 0.2, c + 0.15), 0), (box(r - 0.05, c + 0.17, r + 0.2, c + 0.4), 30), (wheels(r + 0.2, c - 0.25, c + 0.28), -110)]),
    ][kind]  # fmt: skip


def picture(kind, draw):
    """One 32x32 picture, in steps of 16 grey levels so that it compresses."""
    background, layers = shapes(kind, draw.uniform(-0.12, 0.12, 2))
    light = draw.uniform(-30, 30, 3)
    image = np.broadcast_to(background + light, (SIDE, SIDE, 3)) + 30 * (ROWS[..., None] - 0.5)
    own = draw.uniform(60, 220, 3)
    for mask, shade in layers:
        image = np.where(mask[..., None], own + shade, image)
    mirrored = image[:, ::-1] if draw.random() < 0.5 else image
    grain = draw.choice([0, 32, -32], size=(SIDE, SIDE, 1), p=[0.94, 0.03, 0.03])
    return (np.clip(mirrored + grain, 0, 255) // 16 * 16 + 8).astype(np.uint8)


def drawn(per_class, seed):
    """Return ``per_class`` pictures of each of the ten classes in mixed order, uint8 (n, 32, 32, 3), and labels."""
    draw = np.random.default_rng(seed)
    labels = draw.permutation(np.repeat(np.arange(10), per_class))
    return np.stack([picture(kind, draw) for kind in labels]), labels
