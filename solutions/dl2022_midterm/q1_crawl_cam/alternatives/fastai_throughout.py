"""fastai's own helpers for everything: download_images, verify_images, fine_tune, show_image; a star import."""

import requests
from fastai.vision.all import *

KEYWORDS = ["고양이 새끼", "dog"]


def crawl(base_url, keywords, folder, count):
    for keyword in keywords:
        address, found = f"{base_url}/api/search?q={keyword}", []
        while address:
            page = requests.get(address).json()
            found += [base_url + result for result in page["results"]]
            address = page["next"] and base_url + page["next"]
        download_images(folder / keyword, urls=found, n_workers=2)
        verify_images(get_image_files(folder / keyword)).map(Path.unlink)
        seen = set()
        for path in sorted((folder / keyword).iterdir()):
            data = path.read_bytes()
            if data in seen or len(seen) == count:
                path.unlink()
            seen.add(data)


def image_loaders(path, size, batch_size, seed):
    return ImageDataLoaders.from_folder(
        path, seed=seed, valid_pct=0.2, bs=batch_size, item_tfms=[Resize((size, size))], num_workers=0
    )


def train(dls, epochs, lr, seed):
    torch.manual_seed(seed)
    learner = vision_learner(dls, resnet34, pretrained=False, metrics=[accuracy, error_rate])
    learner.fine_tune(epochs, lr)
    return learner


def cam_network(learner):
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 2))
    return nn.Sequential(learner.model[0], head).eval()


@torch.no_grad()
def cam(net, image):
    net.eval()
    weight, bias = net[1][2].weight, net[1][2].bias
    features = net[0](image.unsqueeze(0)).detach()
    maps = torch.einsum("ck,nkij->ncij", weight, features)
    return maps.squeeze(0), (maps.mean((2, 3)) + bias).flatten()


def plot_cam(image, maps):
    figure, axes = plt.subplots(1, 2)
    for ax, one in zip(axes, maps, strict=True):
        show_image(image, ctx=ax)
        ax.imshow(one.cpu(), alpha=0.5, extent=(0, 127, 127, 0))
    return figure


CAM_REASON = (
    "고양이 맵은 귀와 눈 부근에서 크고 배경에서는 작다. 동물의 얼굴을 보고 판단하므로 알맞은 근거이다."
)
