"""Worker side: what an image search finds for a student's crawler, pictures of discs and of stripes."""

from __future__ import annotations

import io

import numpy as np

from autograder.probing.image_search import ImageServer
from autograder.probing.site import Reply

SIDE = 96  # pixels, of the pictures that the server has
DEAD = -1  # a search result that is missing
PAGE = -2  # one that is no picture
CUT = -3  # one that is a damaged picture
PAGE_SIZE = 7  # search results on a page
MOST_REQUESTS = 400  # that the server answers


def found_online(seed, n):
    """`pictures` and `links`, with n pictures of each kind."""
    rng = np.random.default_rng(seed)
    pictures = np.stack([[draw(rng, SIDE) for _ in range(n)] for draw in (disc, stripes)])
    return {"pictures": pictures, "links": np.stack([search_results(rng, n) for _ in range(2)])}


def colours(rng):
    """Two colours that are far apart, (3,) each."""
    first = rng.uniform(0, 255, 3)
    return first, (first + 127.5) % 255


def disc(rng, side):
    """A disc somewhere, (side, side, 3) uint8."""
    back, front = colours(rng)
    y, x = np.mgrid[:side, :side]
    row, column = rng.uniform(0.35 * side, 0.65 * side, 2)
    inside = np.hypot(y - row, x - column) < rng.uniform(0.15, 0.3) * side
    return np.where(inside[..., None], front, back).astype(np.uint8)


def stripes(rng, side):
    """Parallel stripes in some direction, (side, side, 3) uint8."""
    back, front = colours(rng)
    y, x = np.mgrid[:side, :side]
    angle, phase = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) / rng.uniform(2, 4) + phase)
    return np.where(wave[..., None] > 0, front, back).astype(np.uint8)


def search_results(rng, n):
    """All pictures in some order, two of them twice, and five results that are none; each sort on page 1."""
    order = rng.permutation(n)
    first = np.array([*order[:3], order[0], DEAD, PAGE, CUT])
    rest = np.array([*order[3:], order[1], DEAD, PAGE])
    return np.concatenate([rng.permutation(first), rng.permutation(rest)]).astype(np.int64)


def jpeg(picture):
    """A picture (height, width, 3) as the bytes of a JPEG file."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="JPEG", quality=95, subsampling=0)
    return buffer.getvalue()


def reply(picture, link):
    """The server's answer for one search result."""
    if link == DEAD:
        return Reply(status=404, kind="text/plain", body=b"not found\n")
    if link == PAGE:
        return Reply(
            status=200, kind="text/html", body=b"<!doctype html><title>This picture has moved</title>"
        )
    data = jpeg(picture)
    return Reply(status=200, kind="image/jpeg", body=data[: len(data) // 2] if link == CUT else data)


def image_server(pictures, links, keywords):
    """A server that has discs for the first keyword and stripes for the second, and for any other keyword."""
    results = [
        [reply(kind[link], link) for link in row] for kind, row in zip(pictures, links.tolist(), strict=True)
    ]

    def find(keyword):
        return results[0 if keyword == keywords[0] else 1]

    return ImageServer(find, page_size=PAGE_SIZE, most=MOST_REQUESTS)
