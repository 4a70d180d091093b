"""A perfect submission to question 3 of the midterm, with the experiment behind each answer.

`experiment_N()` computes what ITEM_N must be; tests/test_concepts.py runs them all.
"""

ITEM_1 = False
ITEM_2 = True
ITEM_3 = True
ITEM_4 = True
ITEM_5 = False
ITEM_6 = True
ITEM_7 = True
ITEM_8 = False
ITEM_9 = False
ITEM_10 = True

PRINTED = "TensorBase([[ 3.4148, -5.0356]], device='cuda:0', grad_fn=<AliasBackward0>)"
OUTPUT = (3.4148, -5.0356)


def sample_loaders(folder):
    """fastai's loaders of a folder laid out as MNIST_SAMPLE is, of 28 by 28 grey pictures (here noise)."""
    import numpy as np
    from fastai.vision.all import ImageDataLoaders
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, 256, (80, 28, 28), dtype=np.uint8)
    for index, picture in enumerate(pixels):
        place = folder / ("train" if index < 70 else "valid") / "37"[index % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(place / f"{index}.png")
    return ImageDataLoaders.from_folder(folder, shuffle=False, num_workers=0)


def in_sample(look):
    """Call `look` with the loaders, while their folder is there."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        return look(sample_loaders(Path(folder)))


def count(layer):
    return sum(parameter.numel() for parameter in layer.parameters())


def experiment_1():
    """fastai opens a picture as RGB: the batch has the shape (64, 3, 28, 28)."""
    return in_sample(lambda loaders: tuple(loaders.one_batch()[0].shape) == (64, 1, 28, 28))


def experiment_2():
    """The output is neither probabilities nor their logarithms, and fastai's loss for classes is this one."""
    import math

    import torch
    from fastai.vision.all import resnet34, vision_learner

    are_probabilities = math.isclose(sum(OUTPUT), 1, abs_tol=1e-3)
    are_logarithms = math.isclose(sum(map(math.exp, OUTPUT)), 1, abs_tol=1e-3)
    loss = in_sample(lambda loaders: vision_learner(loaders, resnet34, pretrained=False).loss_func)
    return not are_probabilities and not are_logarithms and type(loss.func) is torch.nn.CrossEntropyLoss


def experiment_3():
    """The learner asks for trained weights, freezes them, and puts a new head on top; nothing is downloaded."""
    from fastai.vision.all import resnet34, vision_learner
    from fastai.vision.learner import model_meta

    asked = []

    def recorded(weights=None):
        asked.append(weights)
        return resnet34()

    model_meta[recorded] = model_meta[resnet34]
    learner = in_sample(lambda loaders: vision_learner(loaders, recorded))
    body, head = learner.model
    return asked == ["DEFAULT"] and not body[0].weight.requires_grad and head[-1].weight.requires_grad


def experiment_4():
    """torch refuses to mix devices, so an output on cuda:0 means a model and an input there.

    The second device here is "meta", which every machine has, and the layer a Linear, as in the model's head.
    """
    import torch

    def refused(layer_device, input_device):
        try:
            torch.nn.Linear(512, 2, device=layer_device)(torch.ones(1, 512, device=input_device))
        except RuntimeError:
            return True
        return False

    never_mixed = refused("cpu", "meta") and refused("meta", "cpu") and not refused("cpu", "cpu")
    return never_mixed and "device='cuda:0'" in PRINTED


def experiment_5():
    """Softmax of (3.4148, -5.0356) is (0.99979, 0.00021)."""
    import numpy as np

    softmax = np.exp(OUTPUT) / np.exp(OUTPUT).sum()
    return bool(np.allclose(softmax, [0, 1], atol=0.01))


def experiment_6():
    """One weight and one bias."""
    import torch

    return count(torch.nn.Linear(in_features=1, out_features=1, bias=True)) == 2


def experiment_7():
    """Four weights each."""
    import torch

    linear = torch.nn.Linear(in_features=4, out_features=1, bias=False)
    convolution = torch.nn.Conv2d(in_channels=1, out_channels=1, kernel_size=(2, 2), bias=False)
    return count(linear) == count(convolution)


def experiment_8():
    """For every K the network is a straight line, and no line comes near |x|; relu(x) + relu(-x) is |x|."""
    import torch

    x = torch.linspace(-1, 1, 201, dtype=torch.float64).reshape(-1, 1)
    bends = []
    for width in (1, 16, 1024):
        net = torch.nn.Sequential(torch.nn.Linear(1, width), torch.nn.Linear(width, 1)).double()
        bends.append(net(x).diff(n=2, dim=0).abs().max().item())
    line = torch.cat([torch.ones_like(x), x], dim=1)
    best = line @ torch.linalg.lstsq(line, x.abs()).solution
    least_error = (best - x.abs()).square().mean().item()  # 1/12 for x uniform on (-1, 1)
    relu_fits = torch.equal(torch.relu(x) + torch.relu(-x), x.abs())
    only_lines = max(bends) < 1e-12
    return not (only_lines and least_error > 0.08 and relu_fits)


def experiment_9():
    """Of a million ones, 90% become 0, and the others 10."""
    import torch

    torch.manual_seed(0)
    dropped = (torch.nn.Dropout(0.9)(torch.ones(1_000_000)) == 0).double().mean().item()
    return abs(dropped - 0.1) < 0.01


def smallest_curvature(loss_fn):
    """The least eigenvalue of the Hessian of loss(sigmoid(w0 + w1 x), y), in float64, over random data and w.

    The logits stay below 12: past 27 torch's BCELoss puts a floor of 1e-12 under pi (1 - pi).
    """
    import torch

    torch.manual_seed(0)
    least = float("inf")
    for _ in range(100):
        x, y = torch.randn(20).double(), torch.randint(2, (20,)).double()
        start = 2 * torch.randn(2).double()
        hessian = torch.autograd.functional.hessian(
            lambda w, x=x, y=y: loss_fn(torch.sigmoid(w[0] + w[1] * x), y), start
        )
        least = min(least, torch.linalg.eigvalsh(hessian)[0].item())
    return least


def experiment_10():
    """With u = w0 + w1 x the loss is log(1 + exp(u)) - y u, whose second derivative is pi (1 - pi) >= 0."""
    import torch

    return smallest_curvature(torch.nn.BCELoss()) > -1e-12


def remark_squared_error_is_convex():
    """The same experiment with MSELoss finds a negative eigenvalue: it can tell the two apart."""
    import torch

    return smallest_curvature(torch.nn.MSELoss()) > -1e-12


def remark_computed_loss_is_convex():
    """In float32 BCELoss never exceeds 100, so that what is computed bends down: 100 > (0.69 + 100) / 2."""
    import torch

    logits, zeros = torch.tensor([0.0, 200.0, 400.0]), torch.zeros(3)
    left, middle, right = torch.nn.BCELoss(reduction="none")(torch.sigmoid(logits), zeros).tolist()
    return middle <= (left + right) / 2
