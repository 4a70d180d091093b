"""Loops throughout: over pages, pictures, channels and places; learn.fit; one figure with subplots by hand."""

import os
import urllib.parse
import urllib.request

import matplotlib.pyplot as plt
import torch
from fastai.vision.all import ImageDataLoaders, Resize, error_rate, resnet34, vision_learner
from PIL import Image

KEYWORDS = ("tiger", "zebra")


def is_picture(path):
    try:
        with Image.open(path) as picture:
            picture.load()
        return True
    except Exception:
        return False


def crawl(base_url, keywords, folder, count):
    import json

    for keyword in keywords:
        os.makedirs(str(folder) + "/" + keyword, exist_ok=True)
        saved, page = [], 1
        while len(saved) < count:
            query = urllib.parse.urlencode({"q": keyword, "page": page})
            with urllib.request.urlopen(base_url + "/api/search?" + query) as answer:
                results = json.loads(answer.read())["results"]
            if len(results) == 0:
                break
            for result in results:
                if len(saved) == count:
                    break
                path = "%s/%s/%02d.jpg" % (folder, keyword, len(saved))
                try:
                    urllib.request.urlretrieve(base_url + result, path)
                except OSError:
                    continue
                content = open(path, "rb").read()
                if not is_picture(path) or content in saved:
                    os.remove(path)
                else:
                    saved.append(content)
            page = page + 1


def image_loaders(path, size, batch_size, seed):
    dls = ImageDataLoaders.from_folder(
        path, valid_pct=0.2, seed=seed, item_tfms=Resize(size), bs=batch_size, num_workers=0
    )
    return dls


def train(dls, epochs, lr, seed):
    torch.manual_seed(seed)
    lrnr = vision_learner(dls, resnet34, pretrained=False, metrics=error_rate)
    lrnr.fit(epochs, lr)
    return lrnr


def cam_network(learner):
    body = learner.model[0]
    head = torch.nn.Sequential()
    head.append(torch.nn.AdaptiveAvgPool2d((1, 1)))
    head.append(torch.nn.Flatten())
    head.append(torch.nn.Linear(512, 2))
    return torch.nn.Sequential(body, head)


def cam(net, image):
    net.eval()
    with torch.no_grad():
        features = net[0](image[None, :, :, :])[0]
        linear = net[1][2]
        maps = torch.zeros(2, features.shape[1], features.shape[2], device=features.device)
        logits = []
        for c in range(2):
            for k in range(512):
                maps[c] += linear.weight[c, k] * features[k]
            logits.append(maps[c].mean() + linear.bias[c])
    return maps, torch.stack(logits)


def plot_cam(image, maps):
    h, w = image.shape[1], image.shape[2]
    fig = plt.figure(figsize=(10, 5))
    for c in range(2):
        ax = fig.add_subplot(1, 2, c + 1)
        ax.imshow(image.permute(1, 2, 0))
        ax.imshow(maps[c].detach().cpu(), alpha=0.5, extent=[0, w, h, 0], cmap="magma")
    return fig


CAM_REASON = "호랑이 맵은 줄무늬가 있는 몸통에서 크고, 얼룩말 맵도 줄무늬에서 크다. 배경이 아니라 동물의 무늬를 보고 있다."
