"""Generators over the JSON, hashes of pixels; a flat Sequential; maps by matrix products, one class after the other."""

import hashlib
import io
import json
import os
from itertools import islice
from urllib.parse import urlencode, urljoin
from urllib.request import Request, urlopen

import matplotlib.pyplot as plt
import torch
from fastai.vision.all import ImageDataLoaders, Resize, error_rate, resnet34, vision_learner
from PIL import Image, ImageFile

KEYWORDS = ("rose", "tulip")
ImageFile.LOAD_TRUNCATED_IMAGES = False


def get(address):
    with urlopen(Request(address, headers={"User-Agent": "student"}), timeout=30) as answer:
        return answer.read()


def results(base_url, keyword):
    address = f"/api/search?{urlencode({'q': keyword})}"
    while address:
        listing = json.loads(get(urljoin(base_url, address)))
        yield from (urljoin(base_url, result) for result in listing["results"])
        address = listing["next"]


def pictures(addresses):
    seen = set()
    for address in addresses:
        try:
            data = get(address)
            with Image.open(io.BytesIO(data)) as picture:
                mark = hashlib.md5(picture.convert("RGB").tobytes()).digest()
        except Exception:
            continue
        if mark not in seen:
            seen.add(mark)
            yield data


def crawl(base_url, keywords, folder, count):
    for keyword in keywords:
        os.makedirs(os.path.join(folder, keyword), exist_ok=True)
        for number, data in enumerate(islice(pictures(results(base_url, keyword)), count)):
            with open(os.path.join(folder, keyword, f"{number:03d}.jpg"), "wb") as file:
                file.write(data)


def image_loaders(path, size, batch_size, seed):
    options = {"valid_pct": 0.2, "seed": seed, "bs": batch_size, "num_workers": 0, "shuffle": True}
    return ImageDataLoaders.from_folder(path, item_tfms=Resize(size, method="squish"), **options)


def train(dls, epochs, lr, seed):
    torch.manual_seed(seed)
    lrnr = vision_learner(dls, resnet34, pretrained=False, metrics=error_rate)
    lrnr.fit_one_cycle(epochs, slice(None, lr))
    return lrnr


def cam_network(learner):
    net1 = torch.nn.Sequential(*learner.model[0].children())
    return torch.nn.Sequential(
        net1,
        torch.nn.AdaptiveAvgPool2d(output_size=1),
        torch.nn.Flatten(),
        torch.nn.Linear(512, 2, bias=True),
    )


def cam(net, image):
    was_training = net.training
    net.eval()
    with torch.inference_mode():
        feature = net[0](image.reshape(1, *image.shape)).squeeze()
        k, h, w = feature.shape
        maps = torch.stack([(row @ feature.reshape(k, h * w)).reshape(h, w) for row in net[3].weight])
        logits = maps.flatten(1).sum(dim=1) / (h * w) + net[3].bias
    net.train(was_training)
    return maps.clone(), logits.clone()


def plot_cam(image, maps):
    _, height, width = image.shape
    fig, axs = plt.subplots(2, 1)
    for i in range(2):
        axs[i].imshow(torch.einsum("cij->ijc", image))
        axs[i].imshow(maps[i].squeeze(), alpha=0.5, extent=(-0.5, width - 0.5, height - 0.5, -0.5))
        axs[i].set_title(f"class {i}")
    fig.tight_layout()
    return axs


CAM_REASON = "장미 맵은 꽃잎이 겹친 가운데에서 가장 크다. 배경의 잎이 아니라 꽃을 보고 있다."
