"""A class for the crawler, requests with a session; features by a hook; float64 maps in numpy."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import requests
import torch
from fastai.learner import Learner
from fastai.metrics import error_rate
from fastai.vision.augment import Resize
from fastai.vision.data import ImageDataLoaders
from fastai.vision.learner import vision_learner
from PIL import Image
from torchvision.models import resnet34

KEYWORDS = ("bread", "steak")


class Crawler:
    def __init__(self, base_url, folder):
        self.session, self.base_url, self.folder = requests.Session(), base_url, Path(folder)

    def addresses(self, keyword):
        page, found = 1, True
        while found:
            answer = self.session.get(f"{self.base_url}/api/search", params={"q": keyword, "page": page})
            found = answer.json()["results"]
            yield from found
            page += 1

    def save(self, address, path):
        answer = self.session.get(self.base_url + address)
        if not answer.ok or "image" not in answer.headers["Content-Type"]:
            return False
        path.write_bytes(answer.content)
        try:
            Image.open(path).load()
        except OSError:
            path.unlink()
            return False
        return True

    def collect(self, keyword, count):
        folder = self.folder / keyword
        folder.mkdir(exist_ok=True, parents=True)
        for number, address in enumerate(self.addresses(keyword)):
            paths = list(folder.glob("*.jpg"))
            if len(paths) == count:
                return
            new = folder / f"{number}.jpg"
            if self.save(address, new) and any(new.read_bytes() == path.read_bytes() for path in paths):
                new.unlink()


def crawl(base_url, keywords, folder, count):
    crawler = Crawler(base_url, folder)
    for keyword in keywords:
        crawler.collect(keyword, count)


def image_loaders(path, size, batch_size, seed):
    return ImageDataLoaders.from_folder(
        path=path, train=".", valid_pct=0.2, seed=seed, item_tfms=Resize(size), bs=batch_size, num_workers=0
    )


def train(dls, epochs, lr, seed):
    torch.manual_seed(seed)
    learner: Learner = vision_learner(dls, resnet34, pretrained=False, metrics=[error_rate])
    learner.fit_one_cycle(n_epoch=epochs, lr_max=lr)
    return learner


class Head(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(in_features=512, out_features=2)

    def forward(self, features):
        return self.linear(features.mean(dim=-1).mean(dim=-1))


def cam_network(learner):
    return torch.nn.Sequential(learner.model[0], Head())


def cam(net, image):
    kept = []
    handle = net[0].register_forward_hook(lambda module, inputs, output: kept.append(output))
    net.train(False)
    net(image.expand(1, -1, -1, -1))
    handle.remove()
    features = kept[0][0].detach().cpu().numpy().astype(np.float64)
    weight = net[1].linear.weight.detach().cpu().numpy()
    maps = np.tensordot(weight, features, axes=1)
    return maps, maps.mean(axis=(1, 2)) + net[1].linear.bias.detach().cpu().numpy()


def plot_cam(image, maps):
    picture, (height, width) = image.movedim(0, -1), image.shape[1:]
    figure = plt.figure()
    for place, one in enumerate(maps, start=1):
        axes = figure.add_subplot(1, 2, place)
        axes.imshow(picture)
        drawn = axes.imshow(
            np.asarray(one), alpha=0.5, extent=(0, width, height, 0), interpolation="bilinear"
        )
        figure.colorbar(drawn, ax=axes)
    return figure


CAM_REASON = "For steak the map is large on the grill marks; for bread on the crust. It looks at the surface, as one should."
