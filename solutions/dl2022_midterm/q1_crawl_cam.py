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

from autograder import Mistake, Text

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


MISTAKES = [
    Mistake(
        name="forbidden_keyword",
        explanation=Text(
            ko="제외하라고 한 키워드 'iu', 'hynn'을 썼습니다.",
            en="The keywords 'iu' and 'hynn' are the two that are excluded.",
        ),
        loses=frozenset({"crawl"}),
        edits=[('("tiger", "zebra")', '("iu", "hynn")')],
    ),
    Mistake(
        name="all_in_one_folder",
        explanation=Text(
            ko="두 키워드의 그림을 한 폴더에 섞어 저장했습니다. 키워드마다 폴더가 따로 있어야 from_folder가 클래스를 압니다.",
            en="The pictures of both keywords are in one folder; from_folder tells the classes by their folders.",
        ),
        loses=frozenset({"crawl"}),
        edits=[
            ("place = folder / keyword", 'place = folder / "images"'),
            ('f"{len(saved):03d}.jpg"', 'f"{keyword}{len(saved):03d}.jpg"'),
        ],
    ),
    Mistake(
        name="files_not_checked",
        explanation=Text(
            ko="받은 내용이 그림인지 확인하지 않아 HTML이나 끊긴 파일도 .jpg로 저장했습니다.",
            en="What came was not looked at: HTML and damaged files were saved as .jpg too.",
        ),
        loses=frozenset({"crawl"}),
        edits=[("if data is None or not is_picture(data):", "if data is None:")],
    ),
    Mistake(
        name="duplicates_kept",
        explanation=Text(
            ko="같은 그림을 여러 번 저장했습니다. 내용의 해시로 비교하세요.",
            en="The same picture was saved more than once; compare the hash of the content.",
        ),
        loses=frozenset({"crawl"}),
        edits=[("if content not in saved:", "if True:")],
    ),
    Mistake(
        name="not_resized",
        explanation=Text(
            ko="item_tfms=Resize(size)가 없어 그림이 원래 크기 그대로입니다.",
            en="item_tfms=Resize(size) is missing: the pictures have the size of their files.",
        ),
        loses=frozenset({"dls"}),
        edits=[("item_tfms=Resize(size), ", "")],
    ),
    Mistake(
        name="shares_swapped",
        explanation=Text(
            ko="valid_pct에 학습 자료의 비율 0.8을 넣었습니다. valid_pct는 검증 자료의 비율입니다.",
            en="valid_pct is the share for validation, 0.2; it was given the share for training, 0.8.",
        ),
        loses=frozenset({"dls"}),
        edits=[("valid_pct=0.2", "valid_pct=0.8")],
    ),
    Mistake(
        name="seed_not_used",
        explanation=Text(
            ko="seed를 쓰지 않아 부를 때마다 나누기와 초깃값이 달라집니다.",
            en="The seed is not used: the split, and the start of training, are others every time.",
        ),
        loses=frozenset({"dls", "train"}),
        edits=[("seed=seed, ", ""), ("    torch.manual_seed(seed)\n", "")],
    ),
    Mistake(
        name="resnet18",
        explanation=Text(
            ko="resnet34가 아니라 resnet18을 썼습니다.", en="resnet18 was used where resnet34 is asked."
        ),
        loses=frozenset({"train"}),
        edits=[
            ("import error_rate, resnet34,", "import error_rate, resnet18,"),
            ("vision_learner(dls, resnet34,", "vision_learner(dls, resnet18,"),
        ],
    ),
    Mistake(
        name="body_frozen",
        explanation=Text(
            ko="무작위로 초기화된 몸통을 얼린 채 머리만 학습했습니다. 미리 학습된 가중치가 없으면 모든 층을 학습해야 합니다.",
            en="Only the head was trained, on a frozen body of random weights; without pretrained weights train them all.",
        ),
        loses=frozenset({"train"}),
        edits=[
            ("        learner.fit_one_cycle(", "        learner.freeze()\n        learner.fit_one_cycle(")
        ],
    ),
    Mistake(
        name="bias_forgotten",
        explanation=Text(
            ko="logit을 지도의 평균으로만 계산하고 편향을 더하지 않았습니다.",
            en="The logits are the means of the maps without the bias.",
        ),
        loses=frozenset({"cam"}),
        edits=[("maps.mean(dim=(1, 2)) + head[-1].bias", "maps.mean(dim=(1, 2))")],
    ),
    Mistake(
        name="eval_forgotten",
        explanation=Text(
            ko="net.eval()을 빠뜨려 배치 정규화가 그림 한 장의 평균과 분산을 썼습니다.",
            en="net.eval() is missing: the batch norms took mean and variance from the one image.",
        ),
        loses=frozenset({"cam"}),
        edits=[("    net.eval()\n", "")],
    ),
    Mistake(
        name="maximum_pooled",
        explanation=Text(
            ko="머리에서 평균 대신 최댓값을 취했습니다. 그러면 지도의 평균이 logit이 되지 않습니다.",
            en="The head takes the maximum instead of the mean, so the mean of a map is no logit.",
        ),
        loses=frozenset({"cam"}),
        edits=[("torch.nn.AdaptiveAvgPool2d(1)", "torch.nn.AdaptiveMaxPool2d(1)")],
    ),
]
