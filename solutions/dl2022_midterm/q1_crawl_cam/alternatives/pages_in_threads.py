"""Pages by an HTML parser, downloads in threads, pixels compared; a convolution in the head before the mean."""

import concurrent.futures
import html.parser
import io
import urllib.request
from urllib.error import URLError
from urllib.parse import quote

import fastai.vision.all as fv
import matplotlib.pyplot as plt
import numpy as np
import torch
from PIL import Image
from torch import nn

KEYWORDS = ("lion", "sea lion")


class Results(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs)["src"])


def pixels_at(address):
    try:
        with urllib.request.urlopen(address) as answer:
            return np.array(Image.open(io.BytesIO(answer.read())).convert("RGB"))
    except (URLError, OSError, SyntaxError, ValueError):
        return None


def crawl(base_url, keywords, folder, count):
    for keyword in keywords:
        addresses = []
        for page in range(1, 100):
            with urllib.request.urlopen(f"{base_url}/search?q={quote(keyword)}&page={page}") as answer:
                results = Results()
                results.feed(answer.read().decode("utf-8"))
            if not results.found:
                break
            addresses += [base_url + address for address in results.found]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            pictures = [picture for picture in pool.map(pixels_at, addresses) if picture is not None]
        different = []
        for picture in pictures:
            if not any(np.array_equal(picture, other) for other in different):
                different.append(picture)
        (folder / keyword).mkdir()
        for number, picture in enumerate(different[:count]):
            Image.fromarray(picture).save(folder / keyword / f"{keyword}_{number}.jpg", quality=90)


def image_loaders(path, size, batch_size, seed):
    make = fv.ImageDataLoaders.from_folder
    return make(str(path), valid_pct=0.2, seed=seed, item_tfms=fv.Resize(size), bs=batch_size, num_workers=0)


def train(dls, epochs, lr, seed):
    torch.manual_seed(seed)
    learner = fv.vision_learner(dls, fv.resnet34, weights=None, pretrained=False, metrics=fv.error_rate)
    learner.unfreeze()
    with learner.no_bar():
        learner.fit_one_cycle(epochs, lr_max=lr)
    return learner


class Mean(nn.Module):
    def forward(self, maps):
        return maps.mean(dim=(2, 3))


def cam_network(learner):
    body = learner.model[0]
    return nn.Sequential(body, nn.Sequential(nn.Conv2d(512, 2, kernel_size=1), Mean()))


@torch.no_grad()
def cam(net, image):
    net = net.eval()
    body, (convolution, _) = net
    maps = torch.nn.functional.conv2d(body(image[None]), convolution.weight)[0]
    return [maps[0], maps[1]], [one.mean() + bias for one, bias in zip(maps, convolution.bias, strict=True)]


def plot_cam(image, maps):
    height, width = image.shape[-2:]
    plt.figure(figsize=(8, 4))
    for number in (0, 1):
        plt.subplot(1, 2, number + 1)
        plt.imshow(np.transpose(image.numpy(), (1, 2, 0)))
        plt.imshow(maps[number].numpy(), alpha=0.4, cmap="jet", extent=(0, width, height, 0))
        plt.axis("off")
    return plt.gcf()


CAM_REASON = "The map is large on the water around the sea lion, so it looks at the background; that is no good reason."
