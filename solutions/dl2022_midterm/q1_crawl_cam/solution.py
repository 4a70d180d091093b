"""A perfect submission to question 1 of the midterm, and the mistakes students make in it.

Frameworks are imported inside functions, so that the list of mistakes is read without them.
"""

import hashlib
import io
import re
import urllib.error
import urllib.parse
import urllib.request

from PIL import Image

KEYWORDS: tuple[str, str] = ("tiger", "zebra")


def download(url):
    """The bytes behind an address, or None where there is nothing."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read()
    except urllib.error.HTTPError:
        return None


def image_urls(base_url, keyword):
    """Yield the addresses of all results, page by page."""
    page = 1
    while True:
        query = urllib.parse.urlencode({"q": keyword, "page": page})
        text = download(f"{base_url}/search?{query}").decode()
        found = re.findall(r'<img src="([^"]+)"', text)
        if not found:
            return
        yield from (urllib.parse.urljoin(base_url, address) for address in found)
        page += 1


def is_picture(data):
    try:
        Image.open(io.BytesIO(data)).load()
    except (OSError, SyntaxError):
        return False
    return True


def crawl(base_url, keywords, folder, count):
    for keyword in keywords:
        place = folder / keyword
        place.mkdir(parents=True, exist_ok=True)
        saved = []
        for url in image_urls(base_url, keyword):
            if len(saved) == count:
                break
            data = download(url)
            if data is None or not is_picture(data):
                continue
            content = hashlib.sha256(data).hexdigest()
            if content not in saved:
                saved.append(content)
                (place / f"{len(saved):03d}.jpg").write_bytes(data)


def image_loaders(path, size, batch_size, seed):
    from fastai.vision.all import ImageDataLoaders, Resize

    return ImageDataLoaders.from_folder(
        path, valid_pct=0.2, seed=seed, item_tfms=Resize(size), bs=batch_size, num_workers=0
    )


def train(dls, epochs, lr, seed):
    import torch
    from fastai.vision.all import error_rate, resnet34, vision_learner

    torch.manual_seed(seed)
    learner = vision_learner(dls, resnet34, pretrained=False, metrics=error_rate)
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(epochs, lr)
    return learner


def cam_network(learner):
    import torch

    pool, flatten = torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()
    return torch.nn.Sequential(learner.model[0], torch.nn.Sequential(pool, flatten, torch.nn.Linear(512, 2)))


def cam(net, image):
    import torch

    net.eval()
    body, head = net
    with torch.no_grad():
        features = body(image[None])[0]
        maps = torch.einsum("ck,khw->chw", head[-1].weight, features)
        logits = maps.mean(dim=(1, 2)) + head[-1].bias
    return maps, logits


def plot_cam(image, maps):
    import matplotlib.pyplot as plt

    _, height, width = image.shape
    figure, axes = plt.subplots(1, 2, figsize=(8, 4))
    for ax, one in zip(axes, maps, strict=True):
        ax.imshow(image.permute(1, 2, 0))
        over = {"alpha": 0.5, "cmap": "magma", "interpolation": "bilinear"}
        ax.imshow(one, extent=(0, width, height, 0), **over)
    return figure


CAM_REASON = (
    "The map of zebra is large on the stripes of the body and small on the grass behind it, that of tiger on the head; so the "
    "network decides by the pattern of the animal rather than by the background, which is what it should look at."
)
