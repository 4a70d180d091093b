"""Inputs and probes: the crawl and the CAM."""

from __future__ import annotations

import hashlib
import io
import tempfile
from pathlib import Path

import numpy as np

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


# -- folders and loaders for the other parts ----------------------------------------------------------------

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
