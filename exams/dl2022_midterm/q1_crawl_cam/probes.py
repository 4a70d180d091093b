"""Inputs and probes: the crawl, the loaders, the training and the CAM."""

from __future__ import annotations

import hashlib
import io
import tempfile
import unicodedata
from pathlib import Path
from unittest.mock import patch

import numpy as np

from autograder.probing import figures
from autograder.probing.arrays import BadReturnError, describe, describe_korean, to_numpy
from exams._shared.image_search import disc, found_online, image_server, jpeg, stripes

# -- what is given ------------------------------------------------------------------------------------------

SEED = 2022
DOCUMENT = 43052  # the seed of train and cam on the public data


def given(seed, profile):
    """Drawn pictures of two kinds, discs and stripes; a crawler's search results; an image to explain.

    `pictures` (2, n, 96, 96, 3) uint8; `links` (2, n + 7): for each search result the index of its picture, or
    DEAD, PAGE or CUT, two pictures standing there twice; `image` (3, 128, 128) float32, a disc and stripes;
    `weight` (2, 512) and `bias` (2,), of the head that is looked at; `epochs` () of training on
    `used` () pictures of a kind; `start_seed` (), and `before` (3, 500), some of the weights that it gives.
    """
    import torch
    from fastai.vision.all import create_vision_model, resnet34

    full = profile == "full" and seed == SEED
    start_seed = DOCUMENT if seed == SEED else seed % 1000
    torch.manual_seed(start_seed)
    rng = np.random.default_rng([seed, 1])
    image = stripes(rng, 128)
    image[:64, :64] = disc(rng, 64)
    return found_online(seed, 40 if full else 12 if seed == SEED else 10) | {
        "image": (image.transpose(2, 0, 1) / 255).astype(np.float32),
        "weight": rng.normal(0, 0.05, (2, 512)).astype(np.float32),
        "bias": rng.uniform(0.5, 1, 2).astype(np.float32) * rng.permutation([-1, 1]).astype(np.float32),
        "epochs": np.array(2 if full else 1),
        "used": np.array(40 if full else 9 if seed == SEED else 8),
        "start_seed": np.array(start_seed),
        "before": samples(create_vision_model(resnet34, 2, pretrained=False)),
    }


# -- crawl -------------------------------------------------------------------------------------------

MOST_FILES = 200  # of a class that are looked at


def two_keywords(value):
    """The two keywords, as a tuple of texts."""
    if isinstance(value, tuple | list) and len(value) == 2 and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise BadReturnError(
        f"KEYWORDS must be a tuple of two strings, got {value!r:.80}",
        f"KEYWORDS는 문자열 두 개의 tuple이어야 하는데 {value!r:.80}입니다",
    )


def allowed(keywords):
    """[how many are different, how many of them allowed]; upper case and spaces are no help."""
    plain = {"".join(unicodedata.normalize("NFKC", word).casefold().split()) for word in keywords}
    return [len(plain), len(plain - {"", "iu", "hynn"})]


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
    """[files, pictures among them, different ones] of a folder, and the thumbnails of the different ones."""
    paths = sorted(path for path in folder.glob("*") if path.is_file())[:MOST_FILES]
    pictures = [picture for path in paths if (picture := decode(path.read_bytes())) is not None]
    distinct = {hashlib.sha256(picture.tobytes()).hexdigest(): picture for picture in pictures}
    large = [thumbnail(picture) for picture in distinct.values() if min(picture.shape[:2]) >= 8]
    return [len(paths), len(pictures), len(distinct)], large


def crawl(student, given, observe):
    chosen = observe("_keywords", two_keywords, student.KEYWORDS)
    observe("allowed", allowed, chosen)
    usable = isinstance(chosen, tuple) and "" not in chosen and chosen[0] != chosen[1]
    keywords = chosen if usable else ("cat", "dog")  # the crawler is judged all the same
    folder = Path(tempfile.mkdtemp(dir=".")).resolve() / "crawled"
    folder.mkdir()
    with image_server(to_numpy(given.pictures), given.links, keywords) as server:
        done = observe("_crawled", student.crawl, server.url, keywords, folder, given.count)

    def saved(_):
        names = {path.name for path in folder.iterdir() if path.is_dir()}
        seen = [look_into(folder / word) for word in keywords]
        thumbnails = [small for _, large in seen for small in large]
        return (
            [*(word in names for word in keywords), len(names.difference(keywords))],
            [counts for counts, _ in seen],
            np.array(thumbnails, np.float32).reshape(-1, 8, 8, 3),
            np.repeat([0, 1], [len(large) for _, large in seen]),
        )

    def requested(_):
        served = {reply.about for reply in server.log if reply.status == 200 and reply.about}
        return [len(server.log), *(sum(word == keyword for keyword, _ in served) for word in keywords)]

    observe("folders, files, thumbnails, thumbnail_class", saved, done)
    observe("requests", requested, done)


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


def loaders_of_ours(given):
    """Loaders of the pictures, with batches of 8."""
    from fastai.vision.all import ImageDataLoaders, Resize

    use_device(given.device)
    return ImageDataLoaders.from_folder(
        image_folder(to_numpy(given.pictures)[:, : given.used]),
        valid_pct=0.2,
        seed=1,
        item_tfms=Resize(given.size),
        bs=8,
        num_workers=0,
        device=given.device,
    )


def learner_of_ours(given, loaders):
    """A learner with a resnet34 whose weights are drawn in a way that takes less time than its own."""
    import torch
    from fastai.vision.all import resnet34, vision_learner

    def quickly_drawn(**options):
        with torch.device("meta"):
            net = resnet34(**options)
        net.to_empty(device="cpu")
        for module in net.modules():
            if isinstance(module, torch.nn.Conv2d):
                bound = (6 / (module.out_channels * module.kernel_size[0] ** 2)) ** 0.5
                torch.nn.init.uniform_(module.weight, -bound, bound)
            elif isinstance(module, torch.nn.BatchNorm2d):
                module.reset_parameters()
        return net

    torch.manual_seed(given.start_seed)
    return vision_learner(loaders, quickly_drawn, pretrained=False)


def layers_of(model, *kinds):
    """The layers of a model that are of these classes of torch.nn, in its order."""
    import torch

    wanted = tuple(getattr(torch.nn, kind) for kind in kinds)
    return [module for module in model.modules() if isinstance(module, wanted)]


def architecture(model):
    """Convolutions, and parameters of these and of batch norms behind them: 36 and 21,284,672 are resnet34's."""
    body = layers_of(model, "Conv2d", "BatchNorm2d")
    counts = [value.numel() for module in body for value in module.parameters()]
    return {"convolutions": len(layers_of(model, "Conv2d")), "parameters": sum(counts)}


# -- dls ----------------------------------------------------------------------------------------------------


def places(dataset, files):
    """The place among `files` of each item of a dataset, -1 where it is none of them; and its label."""
    index = {path.resolve(): place for place, path in enumerate(files)}
    try:
        found = [index.get(Path(item).resolve(), -1) for item in dataset.items]
        labels = [int(dataset[i][1]) for i in range(len(found))]
    except (TypeError, ValueError, AttributeError) as error:
        raise BadReturnError(
            f"image_loaders must return loaders of labelled image files ({error})",
            f"image_loaders는 라벨이 있는 이미지 파일의 DataLoaders를 반환해야 합니다 ({error})",
        ) from None
    return np.array(found, np.int64), np.array(labels, np.int64)


def dls(student, given, observe):
    from fastai.vision.all import ImageDataLoaders

    use_device(given.device)
    folder = image_folder(to_numpy(given.pictures))
    files = sorted(folder.glob("*/*.jpg"))
    number = {name: index for index, name in enumerate(sorted({path.parent.name for path in files}))}
    arguments = (folder, given.size, given.batch_size, given.split_seed)
    original = ImageDataLoaders.from_folder
    with patch.object(ImageDataLoaders, "from_folder", side_effect=original) as from_folder:
        loaders = observe("_loaders", student.image_loaders, *arguments)
    again = observe("_again", student.image_loaders, *arguments)
    observe("from_folder", lambda made: from_folder.called, loaders)
    observe("vocab", lambda made: [number.get(name, -1) for name in made.vocab], loaders)
    observe("folders", lambda: [number[path.parent.name] for path in files])
    observe("train, train_labels", lambda made: places(made.train_ds, files), loaders)
    observe("valid, valid_labels", lambda made: places(made.valid_ds, files), loaders)
    observe("valid_again, _labels", lambda made: places(made.valid_ds, files), again)
    observe("batch", lambda made: made.one_batch()[0], loaders)


# -- train --------------------------------------------------------------------------------------------------

SAMPLES = 500  # weights of a layer that are looked at


def samples(model):
    """Some weights of the first and last convolution and the last linear layer, (3, 500)."""
    convolutions, linear = layers_of(model, "Conv2d"), layers_of(model, "Linear")
    layers = [convolutions[0], convolutions[-1], linear[-1]]
    return np.stack([to_numpy(layer.weight).ravel()[:SAMPLES] for layer in layers])


def outputs_of(model, loader):
    """Logits (n, 2) and labels (n,) of a loader's items, in evaluation mode."""
    import torch

    model.eval()
    with torch.no_grad():
        found = [(model(x), y) for x, y in loader]
    return [np.concatenate([to_numpy(item[i]) for item in found]) for i in range(2)]


def recorded(learner, name):
    """The last value of a column of the recorder's table, as it is headed."""
    recorder = learner.recorder
    return recorder.values[-1][list(recorder.metric_names).index(name) - 1]


def steps_of(learner):
    """How many batches each batch norm has seen."""
    return [int(norm.num_batches_tracked) for norm in layers_of(learner.model, "BatchNorm2d")]


def train(student, given, observe):
    loaders = loaders_of_ours(given)
    asked = {"epochs": given.epochs, "lr": given.lr, "seed": given.start_seed}
    learner = observe("_learner", student.train, loaders, **asked)
    observe("architecture", lambda made: architecture(made.model), learner)
    observe("after", lambda made: samples(made.model), learner)
    observe("batches", lambda: [len(loaders.train) * given.epochs])
    observe("steps", steps_of, learner)
    observe("losses", lambda made: [float(loss) for loss in made.recorder.losses], learner)
    observe("valid_loss", recorded, learner, "valid_loss")
    observe("error_rate", recorded, learner, "error_rate")
    observe("logits, labels", lambda made: outputs_of(made.model.to(given.device), loaders.valid), learner)


# -- cam ----------------------------------------------------------------------------------------------------


def halves(net):
    """Body, and the head's parameters of two classes: a weight (2, 512), or (2, 512, 1, 1), and a bias."""
    import torch

    if not isinstance(net, torch.nn.Sequential) or len(net) < 2:
        raise BadReturnError(
            f"cam_network must return torch.nn.Sequential(body, head), got {describe(net)}",
            f"cam_network는 torch.nn.Sequential(body, head)를 반환해야 하는데 {describe_korean(net)}입니다",
        )
    if not (layers := layers_of(net[1:], "Linear", "Conv2d")):
        raise BadReturnError(
            "the head of cam_network has no torch.nn.Linear",
            "cam_network의 헤드에 torch.nn.Linear가 없습니다",
        )
    return net[0], layers[-1]


def fitted(body, loaders, bias):
    """A weight (2, 512) with which the features of a batch give logits of 1 for its classes and -1 for others."""
    import torch

    pictures, kinds = loaders.one_batch()
    with torch.no_grad():
        means = body.eval()(pictures).mean((2, 3)).as_subclass(torch.Tensor).nan_to_num()
    wanted = 2.0 * (torch.arange(2, device=means.device) == kinds.as_subclass(torch.Tensor)[:, None]) - 1
    return torch.linalg.lstsq(means.cpu(), wanted.cpu() - bias.cpu()).solution.T


def with_head(net, layer, weight, bias):
    """The network with these numbers in its last layer, and as it is while it is trained."""
    for value, ours in ((layer.weight, weight), (layer.bias, bias)):
        if value is not None and value.numel() == ours.numel():
            value.data = ours.reshape(value.shape).to(value.device)
    return net.train()


def looked_at(body, net, image):
    """The features (512, h, w) and logits (2,) of an image, in evaluation mode."""
    import torch

    net.eval()
    with torch.no_grad():
        return body(image[None])[0], net(image[None])[0]


def drawn(figure):
    """Of the first two axes: the image, the map over it, and the map's extent."""
    axes = [images for ax in figure.axes if len(images := ax.get_images()) >= 2]
    if len(axes) < 2:
        raise BadReturnError(
            "plot_cam must draw the image, and over it the map, in two axes",
            "plot_cam은 두 axes에 각각 이미지를 그리고 그 위에 맵을 겹쳐 그려야 합니다",
        )
    return (
        [np.asarray(under.get_array(), np.float64) for under, *_ in axes[:2]],
        [np.asarray(images[-1].get_array(), np.float64) for images in axes[:2]],
        [images[-1].get_extent() for images in axes[:2]],
    )


def cam(student, given, observe):
    from fastai.vision.all import Learner

    loaders, learner = loaders_of_ours(given), None
    if given.start_seed == DOCUMENT:  # what their own network looks at
        learner = observe("_learner", student.train, loaders, given.epochs, given.lr, given.start_seed)
    own = isinstance(learner, Learner)
    learner = learner if own else learner_of_ours(given, loaders)
    learner.model.train()  # as it is while it is trained
    net = observe("_net", lambda made: student.cam_network(made).to(given.device), learner)
    body, last = observe("_body, _last", halves, net)
    observe("head", lambda layer: [value.numel() for value in layer.parameters()], last)
    weight = observe("_weight", fitted, body, loaders, given.bias) if own else given.weight
    net = observe("_net", with_head, net, last, weight, given.bias)
    maps, _ = observe("maps, logits", student.cam, net, given.image)
    observe("features, network_logits", looked_at, body, net, given.image)
    observe("head_weight", lambda layer: layer.weight.reshape(-1, 512), last)
    observe("head_bias", lambda layer: given.bias if layer.bias is None else layer.bias, last)

    def drawing(of_maps):
        return figures.figure_of(student.plot_cam(given.image.cpu(), of_maps), "plot_cam")

    observe("drawn_image, drawn_maps, extents", lambda: drawn(drawing(given.image[:2, ::32, ::32].cpu())))
    observe("figure", lambda found: figures.picture(drawing(found)), maps)
    observe("CAM_REASON", lambda reason: reason, student.CAM_REASON)
