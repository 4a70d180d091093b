"""Question 1 of the midterm: crawl images, load them, train resnet34 and see what it looks at."""

from __future__ import annotations

import hashlib
import io
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from autograder import (
    Data,
    Diagram,
    Facts,
    Layer,
    Limit,
    Part,
    Picture,
    Question,
    Relation,
    Shape,
    Text,
    Uses,
)
from autograder.pictures import ContactSheet, Curves, Overlay

if TYPE_CHECKING:
    import torch
    from fastai.vision.all import DataLoaders, Learner
    from matplotlib.figure import Figure

# -- the interface: what a student fills in -----------------------------------------------------------------

KEYWORDS: tuple[str, str] = ("", "")  # your own two keywords, neither of them "iu" or "hynn"


def crawl(base_url: str, keywords: tuple[str, str], folder: Path, count: int) -> None:
    """Save `count` different pictures of each keyword as folder/<keyword>/<any name>.jpg.

    {base_url}/search?q=<keyword>&page=<1, 2, ...> is a page of HTML with the results as <img src="...">, and
    {base_url}/api/search?q=<keyword>&page=<1, 2, ...> the same as JSON, {"results": [...], "next": ...}. A
    result may be missing (404), no picture at all, damaged, or a copy of another: save no such file.
    """
    raise NotImplementedError


def image_loaders(path: Path, size: int, batch_size: int, seed: int) -> DataLoaders:
    """Return ImageDataLoaders.from_folder of the pictures path/<class>/*.jpg.

    A fifth of them, drawn with `seed`, is for validation; every picture is resized to `size` by `size`; a
    batch has `batch_size` pictures. Use num_workers=0.
    """
    raise NotImplementedError


def train(dls: DataLoaders, epochs: int, lr: float, seed: int) -> Learner:
    """Return vision_learner(dls, resnet34, pretrained=False, metrics=error_rate) after training.

    Call torch.manual_seed(seed) right before vision_learner. Train all of its layers for `epochs` epochs with
    the greatest learning rate `lr`, by fit_one_cycle or fine_tune. `learner.no_bar()` keeps the output short.
    """
    raise NotImplementedError


def cam_network(learner: Learner) -> torch.nn.Sequential:
    """Return torch.nn.Sequential(body, head), with the body of `learner`, a vision_learner of resnet34.

    The head is global average pooling to 1 by 1, flattening, and torch.nn.Linear(512, 2) with a bias.
    """
    raise NotImplementedError


def cam(net: torch.nn.Sequential, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (maps, logits) of one image, shape (3, height, width), by a network of cam_network.

    In evaluation mode. `maps`, shape (2, h, w), has the class activation map of each class: the weights of the
    class times the feature maps. `logits`, shape (2,), is computed from `maps` and the head's bias.
    """
    raise NotImplementedError


def plot_cam(image: torch.Tensor, maps: torch.Tensor) -> Figure:
    """Return a figure with two axes, one per class: the image, and over it the map of the class.

    Both are on the CPU. The image, shape (3, height, width), values 0 to 1, is drawn by imshow as (height,
    width, 3). A map, shape (h, w), is drawn over it by imshow as it is, with extent=(0, width, height, 0) and
    an alpha.
    """
    raise NotImplementedError


# -- what is given ------------------------------------------------------------------------------------------

SEED = 2022
SIDE = 96  # pixels, of the pictures that the server has
DEAD = -1  # a search result that is missing
PAGE = -2  # one that is no picture
CUT = -3  # one that is a damaged picture
PAGE_SIZE = 7  # search results on a page


def given(seed, profile):
    """Drawn pictures of two kinds, discs and stripes; a crawler's search results; an image to explain.

    `pictures` (2, n, 96, 96, 3) uint8; `links` (2, n + 7): for each search result the index of its picture, or
    DEAD, PAGE or CUT, two pictures standing there twice; `image` (3, 128, 128) float32, a disc and stripes;
    `weight` (2, 512) and `bias` (2,), of the head that is looked at; `epochs` ().
    """
    rng = np.random.default_rng(seed)
    full = profile == "full" and seed == SEED
    n = 40 if full else 12 if seed == SEED else 10
    pictures = np.stack([[draw(rng, SIDE) for _ in range(n)] for draw in (disc, stripes)])
    links = np.stack([search_results(rng, n) for _ in range(2)])
    rng = np.random.default_rng([seed, 1])  # what follows does not depend on n
    image = stripes(rng, 128)
    image[:64, :64] = disc(rng, 64)
    return {
        "pictures": pictures,
        "links": links,
        "image": (image.transpose(2, 0, 1) / 255).astype(np.float32),
        "weight": rng.normal(0, 0.05, (2, 512)).astype(np.float32),
        "bias": rng.uniform(0.5, 1, 2).astype(np.float32) * rng.permutation([-1, 1]).astype(np.float32),
        "epochs": np.array(2 if full else 1),
    }


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


# -- names as arrays ----------------------------------------------------------------------------------------

LETTERS = 40  # of a name are compared


def letters(names):
    """Names as code points, (n, 40) uint32, padded with zeros."""
    rows = [[ord(letter) for letter in name[:LETTERS].ljust(LETTERS, "\0")] for name in names]
    return np.array(rows, np.uint32).reshape(-1, LETTERS)


def shaped(evidence, name, *shape):
    """An array of this shape, None for any length: equations must not grow with whatever a worker sends.

    Raises:
        ValueError: it has another shape.
    """
    array = evidence[name]
    if array.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        raise ValueError(f"{name} has shape {array.shape}")
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def allowed_names(codes):
    """[how many different names, how many of them allowed] of code points; upper case and spaces are no help."""
    names = ["".join(chr(code) for code in row if code) for row in codes]
    plain = {"".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in names}
    return np.array([len(plain), len(plain - {"", "iu", "hynn"})])


# -- crawl: probe -------------------------------------------------------------------------------------------

MOST_REQUESTS = 400  # that the server answers
MOST_FILES = 200  # of a class that are looked at


def jpeg(picture):
    """A picture (height, width, 3) as the bytes of a JPEG file."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="JPEG", quality=95, subsampling=0)
    return buffer.getvalue()


def reply(picture, link):
    """The server's answer for one search result."""
    from exams._shared.image_search import Reply

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
    from exams._shared.image_search import ImageServer

    results = [
        [reply(kind[link], link) for link in row] for kind, row in zip(pictures, links.tolist(), strict=True)
    ]

    def find(keyword):
        return results[0 if keyword == keywords[0] else 1]

    return ImageServer(find, page_size=PAGE_SIZE, most=MOST_REQUESTS)


def two_keywords(value):
    from autograder.probing.arrays import BadReturnError

    if isinstance(value, tuple | list) and len(value) == 2 and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise BadReturnError(f"KEYWORDS must be a tuple of two strings, got {value!r}")


def decode(data):
    """The picture in a file's bytes, (height, width, 3) uint8, or None where there is none."""
    from PIL import Image

    try:
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))  # convert reads all of it
    except (OSError, ValueError, SyntaxError):
        return None


def thumbnail(picture):
    """The means of 8 by 8 fields of a picture, (8, 8, 3) float32: they survive another format or size."""
    rows = np.array_split(picture.astype(np.float32), 8, axis=0)
    return np.stack([[f.mean(axis=(0, 1)) for f in np.array_split(row, 8, axis=1)] for row in rows])


def look_into(folder):
    """[files, pictures among them, different ones] of a class, and the thumbnails of the different ones."""
    files = sorted(path for path in folder.iterdir() if path.is_file())[:MOST_FILES]
    pictures = [picture for path in files if (picture := decode(path.read_bytes())) is not None]
    distinct = {hashlib.sha256(picture.tobytes()).hexdigest(): picture for picture in pictures}
    large = [thumbnail(picture) for picture in distinct.values() if min(picture.shape[:2]) >= 8]
    return [len(files), len(pictures), len(distinct)], large


def probe_crawl(student, given, device):
    keywords = two_keywords(student.KEYWORDS)
    folder = Path(tempfile.mkdtemp(dir=".")).resolve() / "crawled"
    folder.mkdir()
    with image_server(given["pictures"], given["links"], keywords) as server:
        student.crawl(server.url, keywords, folder, given["count"])
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    seen = [look_into(path) for path in classes]
    served = {request.result for request in server.log if request.status == 200 and request.result}
    per_keyword = [sum(word == keyword for keyword, _ in served) for word in keywords]
    return {
        "keywords": letters(keywords),
        "classes": letters(path.name for path in classes),
        "files": np.array([counts for counts, _ in seen]).reshape(-1, 3),
        "thumbnails": np.array([t for _, large in seen for t in large], np.float32).reshape(-1, 8, 8, 3),
        "thumbnail_class": np.array([i for i, (_, large) in enumerate(seen) for _ in large], np.int64),
        "requests": np.array([len(server.log), *per_keyword]),
    }


# -- crawl: mathematics -------------------------------------------------------------------------------------


def two_rows(files):
    """The counts of the classes, at least two rows: a class that is not there has no files."""
    return np.concatenate([files, np.zeros((max(2 - len(files), 0), 3), files.dtype)])


def keyword_equation(evidence, inputs):
    return allowed_names(evidence["keywords"]), np.array([2, 2])


def folder_equation(evidence, inputs):
    return evidence["classes"], np.array(sorted(evidence["keywords"].tolist()), np.uint32)


def picture_equation(evidence, inputs):
    files = two_rows(evidence["files"])
    return files[:, 1], np.maximum(files[:, 0], 1)


def distinct_equation(evidence, inputs):
    files = two_rows(evidence["files"])
    return files[:, 2], np.maximum(files[:, 1], 1)


def enough_equation(evidence, inputs):
    return np.minimum(evidence["files"][:, 2], inputs["count"]), np.full(2, inputs["count"])


def served_equation(evidence, inputs):
    """Each thumbnail is that of a picture of its class, as nearly as JPEG keeps it."""
    kinds = inputs["pictures"].astype(np.float64).reshape(2, -1, 8, SIDE // 8, 8, SIDE // 8, 3).mean((3, 5))
    first_is_lesser = evidence["keywords"][0].tolist() < evidence["keywords"][1].tolist()
    kinds = kinds if first_is_lesser else kinds[::-1]
    shown = shaped(evidence, "thumbnails", None, 8, 8, 3)
    if not 0 < len(shown) <= 2 * MOST_FILES:
        raise ValueError("there is no picture, or there are too many")
    own = kinds[shaped(evidence, "thumbnail_class", len(shown))]  # (files, n, 8, 8, 3)
    gaps = np.abs(own - shown[:, None]).mean(axis=(2, 3, 4)).min(axis=1)
    return np.where(gaps <= SERVED_TOLERANCE, 0, gaps), np.zeros_like(gaps)


# Of 255, on average over a thumbnail, in 144 pictures: the server's JPEG differs from the picture by at most 0.9,
# saved again with quality 75 by 1.7, resized by 0.9; two different pictures by 25 and more.
SERVED_TOLERANCE = 5
POLITE = 200  # requests; all pages and results of two keywords are 46, in the full profile 110


def request_equation(evidence, inputs):
    total, *served = evidence["requests"]
    wanted = two_rows(evidence["files"])[:2, 2].max(initial=1)
    return np.array([max(total, POLITE), *np.minimum(served, wanted)]), np.array([POLITE, wanted, wanted])


# -- folders and loaders for the other parts: worker side ---------------------------------------------------

NAMES = ("discs", "stripes")  # classes of the pictures that are given
OWN = Path("images")  # what a student hands in beside the module: images/<class>/<any name>
MOST_OWN = 16  # pictures of a class that are used


def own_pictures():
    """The student's own pictures by class, as far as there are at least two classes of five and more."""
    from PIL import Image

    found = {}
    for folder in sorted(path for path in OWN.iterdir() if path.is_dir()) if OWN.is_dir() else []:
        pictures = (decode(path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file())
        usable = [picture for picture in pictures if picture is not None][:MOST_OWN]
        small = [Image.fromarray(picture) for picture in usable]
        for picture in small:
            picture.thumbnail((256, 256))
        if len(small) >= 5:
            found[folder.name] = [np.asarray(picture) for picture in small]
    return found if len(found) >= 2 else {}


def image_folder(pictures):
    """Write the student's own pictures, or else those that are given, as <class>/<number>.jpg into a folder."""
    folder = Path(tempfile.mkdtemp(dir=".")).resolve() / "images"
    for name, kind in (own_pictures() or dict(zip(NAMES, pictures, strict=True))).items():
        (folder / name).mkdir(parents=True)
        for index, picture in enumerate(kind):
            (folder / name / f"{index:02d}.jpg").write_bytes(jpeg(picture))
    return folder


def use_device(device):
    """Make fastai use this device and no other."""
    import torch
    from fastai.torch_core import defaults

    defaults.use_cuda = device != "cpu"
    if ":" in device:
        torch.cuda.set_device(device)


def loaders_of_ours(given, device):
    from fastai.vision.all import ImageDataLoaders, Resize

    use_device(device)
    return ImageDataLoaders.from_folder(
        image_folder(given["pictures"]),
        valid_pct=0.2,
        seed=1,
        item_tfms=Resize(given["size"]),
        bs=8,
        num_workers=0,
        device=device,
    )


def learner_of_ours(given, device):
    import torch
    from fastai.vision.all import resnet34, vision_learner

    loaders = loaders_of_ours(given, device)
    torch.manual_seed(given["seed"])
    return vision_learner(loaders, resnet34, pretrained=False)


def architecture(body):
    """Convolutions and parameters of a body: 36 and 21,284,672 are resnet34's."""
    import torch

    convolutions = sum(isinstance(module, torch.nn.Conv2d) for module in body.modules())
    return {"convolutions": convolutions, "parameters": sum(value.numel() for value in body.parameters())}


RESNET34 = {"convolutions": 36, "parameters": 21_284_672}


# -- dls ----------------------------------------------------------------------------------------------------


def places(dataset, files):
    """The place among `files` of each item of a dataset, -1 where it is none of them; and its label."""
    from autograder.probing.arrays import BadReturnError

    index = {path.resolve(): place for place, path in enumerate(files)}
    try:
        found = [index.get(Path(item).resolve(), -1) for item in dataset.items]
        labels = [int(dataset[i][1]) for i in range(len(found))]
    except (TypeError, ValueError, AttributeError) as error:
        raise BadReturnError(f"image_loaders must return loaders of labelled image files ({error})") from None
    return np.array(found, np.int64), np.array(labels, np.int64)


def probe_dls(student, given, device):
    from autograder.probing.arrays import to_numpy

    use_device(device)
    folder = image_folder(given["pictures"])
    files = sorted(folder.glob("*/*.jpg"))
    arguments = (folder, given["size"], given["batch_size"], given["split_seed"])
    loaders, again = student.image_loaders(*arguments), student.image_loaders(*arguments)
    train, train_labels = places(loaders.train_ds, files)
    valid, valid_labels = places(loaders.valid_ds, files)
    classes = sorted({path.parent.name for path in files})
    return {
        "classes": letters(classes),
        "vocab": letters(str(name) for name in loaders.vocab),
        "folders": np.array([classes.index(path.parent.name) for path in files]),
        "train": train,
        "valid": valid,
        "valid_again": places(again.valid_ds, files)[0],
        "labels": np.concatenate([train_labels, valid_labels]),
        "batch": to_numpy(loaders.one_batch()[0], "a batch")
        if len(loaders.train)
        else np.empty((0, 3, 0, 0)),
    }


def vocab_equation(evidence, inputs):
    vocab, classes = evidence["vocab"], evidence["classes"]
    right = np.concatenate([classes.ravel(), [2, 2]])
    return np.concatenate([vocab.ravel(), allowed_names(vocab)]), right


def split_equation(evidence, inputs):
    items = np.sort(np.concatenate([evidence["train"], evidence["valid"]]))
    return items, np.arange(len(evidence["folders"]))


def share_equation(evidence, inputs):
    return np.array([len(evidence["valid"])]), np.array([len(evidence["folders"]) // 5])


def repeat_equation(evidence, inputs):
    return np.sort(evidence["valid_again"]), np.sort(evidence["valid"])


def label_equation(evidence, inputs):
    items = np.concatenate([evidence["train"], evidence["valid"]])
    return evidence["labels"], shaped(evidence, "folders", None)[items]


# -- train --------------------------------------------------------------------------------------------------

SAMPLES = 500  # weights of a layer that are looked at


def samples(model):
    """Some weights of the first and last convolution and the last linear layer, (3, 500)."""
    import torch

    from autograder.probing.arrays import to_numpy

    convolutions = [module for module in model.modules() if isinstance(module, torch.nn.Conv2d)]
    linear = [module for module in model.modules() if isinstance(module, torch.nn.Linear)]
    layers = [convolutions[0], convolutions[-1], linear[-1]]
    return np.stack([to_numpy(layer.weight).ravel()[:SAMPLES] for layer in layers])


def outputs_of(model, loader):
    """Logits (n, 2) and labels (n,) of a loader's items, in evaluation mode."""
    import torch

    from autograder.probing.arrays import to_numpy

    model.eval()
    with torch.no_grad():
        found = [(model(x), y) for x, y in loader]
    return [np.concatenate([to_numpy(item[i]) for item in found]) for i in range(2)]


def probe_train(student, given, device):
    import torch
    from fastai.vision.all import Learner

    from autograder.probing.arrays import BadReturnError

    ours = learner_of_ours(given, device)
    before = samples(ours.model)
    loaders = ours.dls
    learner = student.train(loaders, epochs=int(given["epochs"]), lr=given["lr"], seed=given["seed"])
    if not isinstance(learner, Learner):
        raise BadReturnError(f"train must return a fastai Learner, got {type(learner).__name__}")
    norms = [module for module in learner.model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    recorder = learner.recorder
    rows = np.array(getattr(recorder, "values", []), np.float64)
    logits, labels = outputs_of(learner.model.to(device), loaders.valid)
    return {
        "architecture": architecture(learner.model[0]),
        "outputs": int(logits.shape[1]),
        "loss": type(learner.loss_func).__name__,
        "metrics": [metric.name for metric in learner.metrics],
        "before": before,
        "after": samples(learner.model),
        "batches": np.array([len(loaders.train) * int(given["epochs"])]),
        "steps": np.array([int(norm.num_batches_tracked) for norm in norms]),
        "losses": np.array([float(loss) for loss in getattr(recorder, "losses", [])]),
        "history": rows.reshape(len(rows), -1),
        "logits": logits,
        "labels": labels,
    }


def step_equation(evidence, inputs):
    """Batch norms and recorder have seen every batch; fine_tune has one more epoch, with a frozen body."""
    batches = evidence["batches"][0]
    seen = np.array([evidence["steps"].min(), len(evidence["losses"]), len(evidence["history"])])
    wanted = np.array([batches, batches, inputs["epochs"]])
    return np.minimum(seen, wanted), wanted


# Trained by the solution in the mini profile, a layer moves by 0.003 to 0.02 of its length from the seeded start;
# another start is 1.4 lengths away, and a frozen layer does not move at all.
LEAST_MOVE = 1e-4
MOST_MOVE = 0.7


def move_equation(evidence, inputs):
    before, after = (shaped(evidence, name, 3, SAMPLES) for name in ("before", "after"))
    length = np.linalg.norm(after - before, axis=1) / np.linalg.norm(before, axis=1)
    return length, np.clip(length, LEAST_MOVE, MOST_MOVE)


def history_equation(evidence, inputs):
    """The last validation loss and error rate, as recorded and as the logits of the network say."""
    logits, labels = shaped(evidence, "logits", None, 2), shaped(evidence, "labels", None)
    logs = logits - logits.max(axis=1, keepdims=True)
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    loss = -logs[np.arange(len(labels)), labels].mean()
    return evidence["history"][-1, 1:3], np.array([loss, (logits.argmax(axis=1) != labels).mean()])


# -- cam ----------------------------------------------------------------------------------------------------


def halves(net):
    """Body, head and the head's last linear layer of what cam_network returned."""
    import torch

    from autograder.probing.arrays import BadReturnError

    if not isinstance(net, torch.nn.Sequential) or len(net) != 2:
        raise BadReturnError(
            f"cam_network must return torch.nn.Sequential(body, head), got {type(net).__name__}"
        )
    linear = [module for module in net[1].modules() if isinstance(module, torch.nn.Linear)]
    if not linear:
        raise BadReturnError("the head of cam_network has no torch.nn.Linear")
    return net[0], net[1], linear[-1]


def drawn(figure):
    """Of the first two axes: the image, the map over it, and the map's extent."""
    from autograder.probing.arrays import BadReturnError

    axes = [images for ax in figure.axes if len(images := ax.get_images()) >= 2]
    if len(axes) < 2:
        raise BadReturnError("plot_cam must draw the image, and over it the map, in two axes")
    found = {
        "drawn_image": [under.get_array() for under, *_ in axes[:2]],
        "drawn_maps": [images[-1].get_array() for images in axes[:2]],
        "extents": [images[-1].get_extent() for images in axes[:2]],
    }
    return {name: np.stack([np.asarray(item, np.float64) for item in items]) for name, items in found.items()}


def probe_cam(student, given, device):
    import torch

    from autograder.probing.arrays import pair, to_numpy
    from autograder.probing.figures import figure_of, picture

    learner = learner_of_ours(given, device)
    learner.model.train()  # as it is while it is trained
    net = student.cam_network(learner).to(device)
    body, head, linear = halves(net)
    for value, ours in ((linear.weight, given["weight"]), (linear.bias, given["bias"])):
        if value is not None and value.shape == ours.shape:  # nobody's own start, and a bias of some size
            value.data = torch.from_numpy(ours).to(device)
    image = torch.from_numpy(given["image"]).to(device)
    maps, logits = pair(student.cam(net, image), "cam")
    net.eval()
    with torch.no_grad():
        features, said = body(image[None])[0], net(image[None])[0]
    any_maps = image[:2, ::32, ::32].cpu().clone()
    figure = figure_of(student.plot_cam(image.cpu(), any_maps), "plot_cam")
    return {
        "architecture": architecture(body),
        "head": [list(value.shape) for value in head.parameters()],
        "weight": to_numpy(linear.weight),
        "bias": given["bias"] if linear.bias is None else to_numpy(linear.bias),
        "features": to_numpy(features),
        "network_logits": to_numpy(said),
        "maps": to_numpy(maps, "maps"),
        "logits": to_numpy(logits, "logits"),
        "figure": picture(figure),
        **drawn(figure),
    }


def map_equation(evidence, inputs):
    weight, features = shaped(evidence, "weight", 2, 512), shaped(evidence, "features", 512, None, None)
    return evidence["maps"], np.einsum("ck,khw->chw", weight, features)


def mean_equation(evidence, inputs):
    """Twice: what the student computed from the maps, and what the network says."""
    expected = shaped(evidence, "maps", 2, None, None).mean(axis=(1, 2)) + shaped(evidence, "bias", 2)
    return np.stack([evidence["logits"], evidence["network_logits"]]), np.stack([expected, expected])


def head_equation(evidence, inputs):
    means = shaped(evidence, "features", 512, None, None).mean(axis=(1, 2))
    return evidence["network_logits"], shaped(evidence, "weight", 2, 512) @ means + shaped(
        evidence, "bias", 2
    )


def drawing_equation(evidence, inputs):
    image = inputs["image"].astype(np.float64)
    maps = image[:2, ::32, ::32]
    left = [evidence["drawn_image"].ravel(), evidence["drawn_maps"].ravel()]
    return np.concatenate(left), np.concatenate([np.tile(image.transpose(1, 2, 0).ravel(), 2), maps.ravel()])


def extent_equation(evidence, inputs):
    _, height, width = inputs["image"].shape
    return evidence["extents"], np.tile([0.0, width, height, 0.0], (2, 1))


# -- what is asked ------------------------------------------------------------------------------------------

CRAWL = Text(
    ko="""두 가지 키워드로 크롤링을 수행하여 이미지 자료를 모아라. 키워드는 {'iu', 'hynn'}을 제외하고 본인이 선택하여
`KEYWORDS` 에 적는다(대소문자나 띄어쓰기만 바꾼 것도 안 된다).

인터넷 대신, 채점 환경 안에서만 열리는 이미지 검색 서버를 쓴다. 어떤 키워드로도 검색되며 주소는 `base_url` 로 주어진다.

    {base_url}/search?q=<키워드>&page=1
        검색 결과 페이지(HTML). <img src="/images/..."> 가 결과이다
    {base_url}/search?q=<키워드>&page=2
        다음 페이지. 결과가 더 없으면 <img> 도 없다
    {base_url}/api/search?q=<키워드>&page=1
        같은 내용의 JSON: {"results": [주소, ...], "next": 주소 또는 null}

`crawl(base_url, keywords, folder, count)` 는 각 키워드마다 서로 다른 그림 `count` 장을 `folder/<키워드>/*.jpg` 로
저장한다. 실제 크롤링처럼 결과 중에는 없는 파일(404), `.jpg` 주소인데 HTML인 것, 중간에 끊긴 파일, 앞의 것과 같은
그림이 섞여 있으므로 저장하기 전에 확인해야 한다(힌트: `PIL.Image.open(...)` 만으로는 부족하다. `.load()` 까지 해야
끊긴 파일이 드러난다. 같은 그림은 `hashlib.sha256` 으로 찾을 수 있다). 서버는 요청을 400번까지만 받아 주며, 200번을
넘기면 감점이다. 키워드에 한글이나 빈칸이 있으면 `urllib.parse.quote` 가 필요하다.

크롤러를 만들지 못했다면 제출 파일 옆에 `images/<클래스>/*.jpg` 로 자기 그림을 두 클래스, 클래스마다 다섯 장 이상 함께
낸다. 이 소문항의 점수는 없지만 나머지 소문항은 그 그림으로 채점된다.""",
    en="""Collect images by crawling with two keywords. Choose the keywords yourself, except {'iu', 'hynn'}, and write
them into `KEYWORDS` (changing only upper and lower case or spaces does not make another keyword).

Instead of the internet there is an image search server, open inside the grading environment only. It answers to
every keyword; its address is `base_url`.

    {base_url}/search?q=<keyword>&page=1
        a page of results (HTML); <img src="/images/..."> are the results
    {base_url}/search?q=<keyword>&page=2
        the next page; without any <img> where there are no more
    {base_url}/api/search?q=<keyword>&page=1
        the same as JSON: {"results": [address, ...], "next": address or null}

`crawl(base_url, keywords, folder, count)` saves `count` different pictures of each keyword as
`folder/<keyword>/*.jpg`. As in real crawling, some results are missing (404), some are HTML though their address
ends in `.jpg`, some are cut off in the middle, and some show the same picture as an earlier one, so look before you
save (hint: `PIL.Image.open(...)` is not enough, only `.load()` notices a file that is cut off; equal pictures are
found with `hashlib.sha256`). The server answers no more than 400 requests, and more than 200 cost a point. Letters
outside ASCII and spaces in a keyword need `urllib.parse.quote`.

If you have no crawler, hand in pictures of your own beside your file, as `images/<class>/*.jpg`: two classes, five
pictures or more in each. This part then earns nothing, and the other parts are graded with your pictures.""",
)

DLS = Text(
    ko="""`ImageDataLoaders.from_folder` 를 이용하여 dls를 만들어라. `path` 에는 클래스마다 폴더가 하나씩 있다.

    path/<클래스 1>/00.jpg, 01.jpg, ...
    path/<클래스 2>/00.jpg, 01.jpg, ...

`image_loaders(path, size, batch_size, seed)` 는 그림의 20%를 `seed` 로 뽑아 검증 자료로 두고(같은 `seed` 이면 같은
그림), 모든 그림을 `size`×`size` 로 바꾸어, 한 번에 `batch_size` 장씩, 곧 모양이 (batch_size, 3, size, size)인 배치를
주는 dls를 돌려준다. `num_workers=0` 으로 둔다.""",
    en="""Make dls with `ImageDataLoaders.from_folder`. In `path` there is a folder for each class.

    path/<class 1>/00.jpg, 01.jpg, ...
    path/<class 2>/00.jpg, 01.jpg, ...

`image_loaders(path, size, batch_size, seed)` returns dls with 20 % of the pictures, drawn with `seed`, for
validation (the same `seed` gives the same pictures), every picture resized to `size`×`size`, and batches of
`batch_size` pictures, that is of shape (batch_size, 3, size, size). Use `num_workers=0`.""",
)

TRAIN = Text(
    ko="""resnet34를 이용하여 학습하라. `train(dls, epochs, lr, seed)` 는 `torch.manual_seed(seed)` 바로 다음에
`vision_learner(dls, resnet34, pretrained=False, metrics=error_rate)` 를 만들고, `fit_one_cycle` 이나 `fine_tune` 으로
`epochs` 에폭 학습한 learner를 돌려준다. `lr` 은 가장 큰 학습률이다.

채점 환경에는 인터넷이 없으므로 미리 학습된 가중치를 쓰지 않는다. `weights=None` 만으로는 내려받기를 시도하므로
반드시 `pretrained=False` 로 둔다. 가중치가 무작위이므로 몸통(body)을 얼린 채 두지 말고 모든 층을 학습한다. 자료가
몇십 장뿐이므로 정확도는 채점하지 않는다. 대신 구조(합성곱층 36개, 몸통의 파라미터 21,284,672개), 손실함수, 실제로
학습되었는지(가중치의 변화, 배치 수), 기록된 검증 손실과 오류율이 네트워크의 출력과 맞는지를 본다.""",
    en="""Train with resnet34. `train(dls, epochs, lr, seed)` builds
`vision_learner(dls, resnet34, pretrained=False, metrics=error_rate)` right after `torch.manual_seed(seed)`, trains it
for `epochs` epochs by `fit_one_cycle` or `fine_tune`, and returns the learner. `lr` is the greatest learning rate.

There is no internet where you are graded, so no pretrained weights are used. `weights=None` alone would still try to
download them: `pretrained=False` is needed. As the weights are random, do not leave the body frozen; train every
layer. With a few dozen pictures the accuracy is not judged. What is: the architecture (36 convolutions, 21,284,672
parameters in the body), the loss function, that training happened (change of the weights, number of batches), and
that the recorded validation loss and error rate agree with what the network says.""",
)

CAM = Text(
    ko="""CAM(class activation mapping)을 이용하여 앞의 모형의 판단 근거를 시각화하라. `vision_learner` 의 머리(head)는
선형층이 여럿이라 CAM을 바로 쓸 수 없으므로, `cam_network(learner)` 에서 머리를 다음과 같이 바꾼다.

    그림 (1, 3, H, W) -> [resnet34의 몸통] -> F (1, 512, h, w)
        -> [AdaptiveAvgPool2d(1)] -> (1, 512, 1, 1) -> [Flatten] -> (1, 512)
        -> [Linear(512, 2)] -> logit (1, 2)

평균과 선형변환은 순서를 바꾸어도 된다. 클래스 $c$ 의 지도를 $M_c(i,j) = \\sum_{k=1}^{512} W_{ck} F_k(i,j)$ 라 하면

$$logit_c = \\frac{1}{hw}\\sum_{i,j} M_c(i,j) + b_c$$

이므로 $M_c$ 는 그림의 어느 부분이 클래스 $c$ 로 판단하게 하였는지 보여 준다. `cam(net, image)` 는 그림 한 장에 대하여
지도 (2, h, w)와, 지도와 편향에서 계산한 logit (2,)를 돌려준다. 배치 정규화와 드롭아웃이 있으므로 `net.eval()` 로
계산한다. `plot_cam(image, maps)` 는 클래스마다 그림을 그리고 그 위에 지도를 반투명하게 겹쳐 그린다. 지도는 그림보다
작으므로 `extent=(0, W, H, 0)` 으로 그림 전체에 펼친다(`interpolation='bilinear'` 이면 보기 좋다).

머리를 바꾼 네트워크는 원래 `Learner(dls, net, ...)` 로 다시 학습하여 쓴다. 여기서는 계산만 보므로 학습하지 않은
네트워크로 채점한다.""",
    en="""Visualise on what grounds the model above decides, by CAM (class activation mapping). The head of
`vision_learner` has several linear layers, for which there is no CAM, so `cam_network(learner)` puts another head in
its place:

    image (1, 3, H, W) -> [body of resnet34] -> F (1, 512, h, w)
        -> [AdaptiveAvgPool2d(1)] -> (1, 512, 1, 1) -> [Flatten] -> (1, 512)
        -> [Linear(512, 2)] -> logit (1, 2)

The mean and the linear map may change places. With the map $M_c(i,j) = \\sum_{k=1}^{512} W_{ck} F_k(i,j)$ of class
$c$,

$$logit_c = \\frac{1}{hw}\\sum_{i,j} M_c(i,j) + b_c$$

so that $M_c$ shows which parts of the image speak for class $c$. `cam(net, image)` returns for one image the maps
(2, h, w), and the logits (2,) computed from the maps and the bias. There are batch norms inside: compute it after
`net.eval()`. `plot_cam(image, maps)` draws for each class the image and over it, half transparent, the map. The map
is smaller than the image; `extent=(0, W, H, 0)` spreads it over all of it (`interpolation='bilinear'` looks nice).

A network with a new head is usually trained again by `Learner(dls, net, ...)`. Here only the computation is judged,
on a network that was not trained.""",
)

# float32 against float64, 20 seeds, maps of up to 88: at most 5e-5 in a map, 2e-5 in a logit. The nearest mistake,
# the bias forgotten, is 0.5 away and more. On CUDA, where nothing was measured, sums may run in another order.
CAM_TOLERANCE = {"rtol": {"cpu": 1e-5, "cuda": 1e-4}, "atol": {"cpu": 2e-4, "cuda": 2e-3}}

CRAWLED = ContactSheet(
    Text(
        ko="저장한 그림들(8×8로 줄인 것). 숫자는 몇째 키워드의 폴더에 있었는지.",
        en="The pictures that were saved, reduced to 8 by 8; the number says in which keyword's folder.",
    ),
    images=lambda evidence, inputs: [
        (str(folder + 1), image)
        for folder, image in zip(evidence["thumbnail_class"].tolist(), evidence["thumbnails"], strict=True)
    ],
)
LOSS = Curves(
    Text(
        ko="미니배치마다의 훈련 손실. 실선은 제출한 것, 점선은 기준.",
        en="The training loss by minibatches: yours drawn through, the reference dashed.",
    ),
    curves=lambda evidence, inputs: {"training": evidence["losses"]},
    x="minibatch",
)
MAPS = Overlay(
    Text(
        ko="각 클래스의 지도를 그림 위에 놓은 것. 위는 제출한 것, 아래는 기준.",
        en="The map of each class over the image: yours above, the reference below.",
    ),
    image=lambda inputs: 255 * inputs["image"].transpose(1, 2, 0),
    maps=lambda evidence, inputs: evidence["maps"],
    titles=["class 0", "class 1"],
)

QUESTION = Question(
    title=Text(ko="크롤링, resnet34, CAM", en="Crawling, resnet34 and CAM"),
    framework="fastai",
    seed=SEED,
    given=given,
    pool=2,
    preamble="import torch\nfrom fastai.vision.all import *",
    preload=["matplotlib.pyplot"],
    interface=["KEYWORDS", crawl, image_loaders, train, cam_network, cam, plot_cam],
    setup=Limit(seconds=30),
    parts=[
        Part(
            name="crawl",
            points=8,
            statement=CRAWL,
            probe=probe_crawl,
            pictures=[CRAWLED],
            settings={"count": 10},
            vary={"count": [6, 7, 8]},
            limit=Limit(seconds=60, memory_mb=4096, threads=64, processes=16),  # verify_images starts some
            checks=[
                Relation(
                    "keywords",
                    arrays=["keywords"],
                    open=True,
                    equation=keyword_equation,
                    statement=Text(
                        ko="서로 다른 두 키워드를 골라야 하며, 'iu'와 'hynn'은 안 됩니다.",
                        en="There must be two different keywords, neither of them 'iu' or 'hynn'.",
                    ),
                    points=1,
                ),
                Relation(
                    "one folder per keyword",
                    arrays=["classes", "keywords"],
                    equation=folder_equation,
                    statement=Text(
                        ko="folder 안에는 키워드와 이름이 같은 폴더 둘만 있어야 합니다.",
                        en="In folder there must be two folders, named as the keywords, and no other.",
                    ),
                    points=1,
                ),
                Relation(
                    "only pictures",
                    arrays=["files"],
                    open=True,
                    equation=picture_equation,
                    statement=Text(
                        ko="저장한 파일은 모두 끝까지 읽히는 그림이어야 합니다(클래스별 그림 수 = 파일 수).",
                        en="Every saved file must be a picture that can be read to its end (pictures = files).",
                    ),
                    points=1,
                ),
                Relation(
                    "no duplicates",
                    arrays=["files"],
                    open=True,
                    equation=distinct_equation,
                    statement=Text(
                        ko="같은 그림을 두 번 저장하면 안 됩니다(클래스별 서로 다른 그림 수 = 그림 수).",
                        en="No picture may be saved twice (different pictures = pictures, per class).",
                    ),
                    points=1,
                ),
                Relation(
                    "enough pictures",
                    arrays=["files"],
                    open=True,
                    equation=enough_equation,
                    statement=Text(
                        ko="두 클래스 모두 서로 다른 그림이 count장 이상 있어야 합니다.",
                        en="Each of the two classes must have `count` different pictures or more.",
                    ),
                    points=2,
                ),
                Relation(
                    "pictures of the keyword",
                    arrays=["thumbnails", "thumbnail_class", "keywords"],
                    equation=served_equation,
                    statement=Text(
                        ko="폴더의 그림은 모두 서버가 그 키워드로 보여 준 그림이어야 합니다.",
                        en="Each picture in a folder must be one that the server has for that keyword.",
                    ),
                    rtol=0,
                    atol=0,
                    points=1,
                ),
                Relation(
                    "requests",
                    arrays=["requests", "files"],
                    open=True,
                    equation=request_equation,
                    statement=Text(
                        ko="그림은 서버에 요청하여 받은 것이어야 하고, 요청은 모두 200번을 넘지 않아야 합니다.",
                        en="The pictures must have been requested from the server, with no more than 200 requests in all.",
                    ),
                    points=1,
                ),
            ],
        ),
        Part(
            name="dls",
            points=6,
            statement=DLS,
            probe=probe_dls,
            settings={"size": 64, "batch_size": 8, "split_seed": 42},
            vary={"size": [32, 40, 56], "batch_size": [4, 5, 6], "split_seed": [1, 7, 123]},
            limit=Limit(seconds=60, output_kb=4096),
            checks=[
                Uses(
                    "from_folder",
                    names=[
                        f"{place}ImageDataLoaders.from_folder"
                        for place in ("", "fastai.vision.all.", "fastai.vision.data.")
                    ],
                ),
                Relation(
                    "two classes",
                    arrays=["vocab", "classes"],
                    equation=vocab_equation,
                    statement=Text(
                        ko="dls.vocab은 두 클래스 폴더의 이름이어야 합니다(iu, hynn 제외).",
                        en="dls.vocab must be the names of the two folders of classes (neither iu nor hynn).",
                    ),
                    points=1,
                ),
                Relation(
                    "labels",
                    arrays=["labels", "train", "valid", "folders"],
                    equation=label_equation,
                    statement=Text(
                        ko="각 그림의 라벨은 그 그림이 든 폴더여야 합니다.",
                        en="The label of each picture must be the folder that it lies in.",
                    ),
                    points=1,
                ),
                Relation(
                    "split",
                    arrays=["train", "valid", "folders"],
                    open=True,
                    equation=split_equation,
                    statement=Text(
                        ko="모든 그림이 학습 자료와 검증 자료 중 꼭 한 곳에 있어야 합니다.",
                        en="Every picture must be in exactly one of the training and the validation set.",
                    ),
                    points=1,
                ),
                Relation(
                    "share for validation",
                    arrays=["valid", "folders"],
                    open=True,
                    equation=share_equation,
                    statement=Text(
                        ko="검증 자료는 전체 그림의 20%(소수점 아래는 버림)여야 합니다.",
                        en="The validation set must have 20 % of the pictures, rounded down.",
                    ),
                    points=1,
                ),
                Relation(
                    "same split for the same seed",
                    arrays=["valid", "valid_again"],
                    open=True,
                    equation=repeat_equation,
                    statement=Text(
                        ko="같은 seed로 두 번 부르면 검증 자료가 같아야 합니다.",
                        en="Called twice with the same seed, it must draw the same validation set.",
                    ),
                    points=1,
                ),
                Shape("batch", ("batch_size", 3, "size", "size"), points=1),
            ],
        ),
        Part(
            name="train",
            points=8,
            statement=TRAIN,
            probe=probe_train,
            pictures=[LOSS],
            settings={"size": 48, "lr": 1e-3, "seed": 43052},
            vary={"size": [32, 40], "lr": [5e-4, 2e-3], "seed": [5, 11, 29]},
            limit=Limit(seconds=180, memory_mb=4096, output_kb=4096),
            checks=[
                Facts("architecture", expected=RESNET34, points=1),
                Facts("outputs", expected=2, points=1),
                Facts("loss", expected="CrossEntropyLossFlat", points=1),
                Relation(
                    "trained on every batch",
                    arrays=["steps", "losses", "batches", "history"],
                    open=True,
                    equation=step_equation,
                    statement=Text(
                        ko="epochs 에폭 동안 모든 배치로 학습하고 그 기록이 남아 있어야 합니다.",
                        en="It must have been trained on every batch for `epochs` epochs, with the losses on record.",
                    ),
                    points=2,
                ),
                Relation(
                    "every layer moved from the seeded start",
                    arrays=["before", "after"],
                    equation=move_equation,
                    statement=Text(
                        ko="첫 합성곱층, 마지막 합성곱층, 마지막 선형층의 가중치가 torch.manual_seed(seed)로 정해진 처음 값에서 "
                        "출발하여 조금씩 움직였어야 합니다.",
                        en="The first and last convolution and the last linear layer must have moved a little, each from the "
                        "start that torch.manual_seed(seed) gives.",
                    ),
                    points=2,
                ),
                Relation(
                    "recorded loss and error rate",
                    arrays=["history", "logits", "labels"],
                    equation=history_equation,
                    statement=Text(
                        ko="마지막으로 기록된 검증 손실과 오류율(error_rate)은 네트워크의 출력에서 계산한 값과 같아야 합니다.",
                        en="The last recorded validation loss and error_rate must be those of the network's outputs.",
                    ),
                    rtol={"cpu": 1e-4, "cuda": 1e-3},
                    atol={"cpu": 1e-4, "cuda": 1e-3},
                    points=1,
                ),
            ],
        ),
        Part(
            name="cam",
            diagram=Diagram(
                [
                    Data("image", "(1, 3, H, W)"),
                    Layer("body", "resnet34"),
                    Data("F", "(1, 512, h, w)"),
                    Layer("AdaptiveAvgPool2d", "1"),
                    Layer("Flatten", "512"),
                    Layer("Linear", "512 → 2"),
                    Data("logits", "(1, 2)"),
                ]
            ),
            points=8,
            statement=CAM,
            probe=probe_cam,
            pictures=[MAPS],
            settings={"size": 48, "seed": 43052},
            vary={"size": [32, 40], "seed": [5, 11, 29]},
            limit=Limit(seconds=60, memory_mb=4096, output_kb=4096),
            checks=[
                Facts("architecture", expected=RESNET34, points=1),
                Facts("head", expected=[[2, 512], [2]], points=1),
                Relation(
                    "pooled by the mean",
                    arrays=["network_logits", "weight", "bias", "features"],
                    equation=head_equation,
                    statement=Text(
                        ko="네트워크의 logit은 특징 지도의 평균에 선형층을 적용한 값이어야 합니다.",
                        en="The network's logits must be the linear layer of the means of the feature maps.",
                    ),
                    **CAM_TOLERANCE,
                    points=1,
                ),
                Relation(
                    "class weights · feature maps = map",
                    arrays=["maps", "weight", "features"],
                    open=False,
                    equation=map_equation,
                    statement=Text(
                        ko="지도는 (평가 모드에서의) 특징 지도에 그 클래스의 가중치를 곱해 더한 값이어야 합니다.",
                        en="A map must be the sum of the feature maps (in evaluation mode), weighted as the class has them.",
                    ),
                    **CAM_TOLERANCE,
                    points=2,
                ),
                Relation(
                    "mean of the map + bias = logit",
                    arrays=["maps", "bias", "logits", "network_logits"],
                    equation=mean_equation,
                    statement=Text(
                        ko="지도의 평균에 편향을 더하면 돌려준 logit과도, 네트워크의 logit과도 같아야 합니다.",
                        en="The mean of a map plus the bias must equal both the logits returned and the network's.",
                    ),
                    **CAM_TOLERANCE,
                    points=1,
                ),
                Picture("figure", points=1),
                Relation(
                    "what is drawn",
                    arrays=["drawn_image", "drawn_maps"],
                    equation=drawing_equation,
                    statement=Text(
                        ko="두 축에 각각 그림과 그 클래스의 지도가 그려져 있어야 합니다.",
                        en="In each of the two axes there must be the image and the map of that class.",
                    ),
                    rtol=0,
                    atol=1e-6,
                    points=0.5,
                ),
                Relation(
                    "map over the whole image",
                    arrays=["extents"],
                    equation=extent_equation,
                    statement=Text(
                        ko="지도는 그림 전체를 덮어야 합니다: extent=(0, W, H, 0).",
                        en="The map must cover the whole image: extent=(0, W, H, 0).",
                    ),
                    rtol=0,
                    atol=1,  # pixels: (-0.5, W-0.5, H-0.5, -0.5) and (0, W-1, H-1, 0) will do too
                    points=0.5,
                ),
            ],
        ),
    ],
)
