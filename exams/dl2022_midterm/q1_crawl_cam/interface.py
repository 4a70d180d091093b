from __future__ import annotations

from pathlib import Path

import torch
from fastai.vision.all import *

KEYWORDS: tuple[str, str] = ("", "")  # your own two keywords, neither of them "iu" or "hynn"


def crawl(base_url: str, keywords: tuple[str, str], folder: Path, count: int) -> None:
    """Save `count` different pictures of each keyword as folder/<keyword>/<any name>.jpg.

    {base_url}/search?q=<keyword>&page=<1, 2, ...> is a page of HTML with the results as <img src="...">, and
    {base_url}/api/search?q=<keyword>&page=<1, 2, ...> the same as JSON, {"results": [...], "next": ...}. Not
    every result is of use; what is saved must be pictures, no two of them the same.
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
    the maximum learning rate `lr`, by fit_one_cycle or fine_tune. `learner.no_bar()` keeps the output short.
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


CAM_REASON: str = ""  # what does your own trained network look at, as its maps show?
