"""In float64 where the interface leaves it open, and answers as numpy has them."""

from collections import OrderedDict

import matplotlib.figure
import numpy as np
import torch

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


class Images(torch.utils.data.TensorDataset):
    def __init__(self, images, labels, transform):
        super().__init__(torch.as_tensor(images), torch.as_tensor(labels))
        self.images, self.labels, self.transform = images, labels, transform

    def __getitem__(self, index):
        image = self.images[index]
        return [image if self.transform is None else self.transform(image), self.labels[index]]


def make_dataset(images, labels, transform=None):
    return Images(images, labels, transform)


class Stream(torch.utils.data.IterableDataset):
    def __init__(self, images, labels):
        super().__init__()
        self.images, self.labels = images, labels

    def __iter__(self):
        return iter([[image, label] for image, label in zip(self.images, self.labels)])


def make_iterable_dataset(images, labels):
    return Stream(images, labels)


def class_hierarchy(dataset):
    return list(type(dataset).__mro__)


def to_tensor(image):
    return torch.as_tensor((image / 255).transpose(2, 0, 1), dtype=torch.float32)


def show_image(tensor):
    figure = matplotlib.figure.Figure()
    figure.subplots().imshow((tensor.permute(1, 2, 0).clip(0, 1) * 255).round().to(torch.uint8))
    return figure


def plot_classes(images, labels):
    figure = matplotlib.figure.Figure()
    for column in range(5):
        for row in range(2):
            axes = figure.add_axes((0.02 + column * 0.19, 0.5 - row * 0.45, 0.17, 0.35))
            axes.imshow(images[list(labels).index(5 * row + column)] / 255)
            axes.set_title(CLASSES[5 * row + column], loc="left")
    return figure, figure.axes


def channel_statistics(images):
    pixels = images.reshape(-1, 3) / 255
    return torch.from_numpy(pixels.mean(axis=0)), torch.from_numpy(pixels.std(axis=0, ddof=1))


def normalize(tensors, mean, std):
    channels = [(tensors[:, c] - mean[c]) / std[c] for c in range(3)]
    return torch.stack(channels, dim=1).double()


def normalize_both(train_images, validation_images):
    mean, std = train_images.mean(axis=(0, 1, 2)), train_images.std(axis=(0, 1, 2))
    first, second = ((images - mean) / std for images in (train_images, validation_images))
    return torch.tensor(first).permute(0, 3, 1, 2), torch.tensor(second).permute(0, 3, 1, 2)


def airplanes_and_birds(images, labels):
    chosen = [i for i in range(len(labels)) if labels[i] in (0, 2)]
    return torch.from_numpy(images[chosen]), torch.from_numpy((labels[chosen] == 2).astype(np.uint8))


def build_network(hidden):
    parts = {
        "hidden": torch.nn.Linear(3072, hidden),
        "tanh": torch.nn.Tanh(),
        "out": torch.nn.Linear(hidden, 2),
    }
    return torch.nn.Sequential(OrderedDict(parts)).double()


def softmax(x, dim):
    powers = torch.e ** x.double()
    return powers / powers.sum(dim).unsqueeze(dim)


def classify(network, image):
    logits = network(image.reshape(1, 3072)).double()
    return softmax(logits, 1), np.argmax(logits.detach().cpu().numpy(), axis=1)


def classification_loss(network, images, labels):
    logits = network(images.reshape(-1, 3072)).double()
    rows = logits - logits.logsumexp(dim=1, keepdim=True)
    own = (rows * torch.nn.functional.one_hot(labels, 2)).sum(dim=1)
    return rows, own.exp(), float(-own.mean())


def train(network, images, labels, epochs, lr, batch_size, shuffle):
    optimizer = torch.optim.SGD([{"params": [p]} for p in network.parameters()], lr=lr)
    generator, losses = np.random.default_rng(0), []
    for _ in range(epochs):
        order = generator.permutation(len(labels)) if shuffle else np.arange(len(labels))
        for start in range(0, len(labels), batch_size):
            rows = torch.from_numpy(order[start : start + batch_size]).to(images.device)
            loss = classification_loss_of(network, images[rows], labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return np.array(losses)


def classification_loss_of(network, images, labels):
    return torch.nn.NLLLoss()(torch.log_softmax(network(images.flatten(1)), 1), labels)


def predict(network, images):
    with torch.inference_mode():
        return network(images.flatten(1)).log_softmax(dim=1).cpu().numpy()


def accuracy(log_probabilities, labels):
    rows, wanted = (np.asarray(torch.as_tensor(values).cpu()) for values in (log_probabilities, labels))
    return np.mean(rows.argmax(axis=1) == wanted)


def train_classifier(train_images, train_labels, validation_images, epochs, seed, device):
    training, validation = (each.to(device) for each in normalize_both(train_images, validation_images))
    torch.manual_seed(seed)
    network = build_network(512).to(device)
    train(network, training, torch.from_numpy(train_labels).to(device), epochs, 0.01, 64, True)
    return predict(network, training), predict(network, validation)


def parameter_counts(network):
    counts = np.array([p.numel() for p in network.parameters() if p.requires_grad])
    return counts.sum(), counts


def shifted_probabilities(network, image, pixels):
    columns = (torch.arange(32, device=image.device) - pixels) % 32
    return torch.stack([torch.softmax(network(x.flatten()), 0) for x in (image, image[..., columns])])


TRANSLATION_REASON = "No weights are shared between places; more data or a convolution help."
