"""Functions only: weights as plain tensors, torch.nn.functional, indices instead of loaders."""

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch.utils import data

NAMES = "airplane automobile bird cat deer dog frog horse ship truck".split()


def make_dataset(images, labels, transform=None):
    class Pairs(data.Dataset):
        def __len__(self):
            return images.shape[0]

        def __getitem__(self, i):
            return (transform or (lambda image: image))(images[i]), torch.tensor(labels[i])

    return Pairs()


def make_iterable_dataset(images, labels):
    class Pairs(data.IterableDataset):
        def __iter__(self):
            for i in range(len(labels)):
                yield images[i], labels[i]

    return Pairs()


def class_hierarchy(dataset):
    return dataset.__class__.mro()


def to_tensor(image):
    return torch.from_numpy(np.transpose(image, (2, 0, 1)).astype(np.float32) / 255)


def show_image(tensor):
    return plt.imshow(np.transpose(tensor.numpy(), (1, 2, 0)))


def plot_classes(images, labels):
    for label in range(10):
        plt.subplot(2, 5, label + 1)
        plt.imshow(images[labels == label][0])
        plt.title(NAMES[label])
        plt.axis("off")
    return plt.gcf()


def stacked(images):
    return torch.from_numpy(images).permute(0, 3, 1, 2).float().div(255)


def channel_statistics(images):
    return stacked(images).mean((0, 2, 3)), stacked(images).std((0, 2, 3), correction=0)


def normalize(tensors, mean, std):
    return (tensors - mean.view(1, 3, 1, 1)).div(std.view(1, 3, 1, 1))


def normalize_both(train_images, validation_images):
    statistics = channel_statistics(train_images)
    return [normalize(stacked(images), *statistics) for images in (train_images, validation_images)]


def airplanes_and_birds(images, labels):
    mask = np.isin(labels, (0, 2))
    return images[mask], labels[mask] // 2


def build_network(hidden):
    network = torch.nn.Sequential()
    network.append(torch.nn.Linear(3072, hidden)).append(torch.nn.Tanh()).append(torch.nn.Linear(hidden, 2))
    return network


def softmax(x, dim):
    return torch.exp(x - torch.logsumexp(x, dim=dim, keepdim=True))


def classify(network, image):
    probabilities = F.softmax(network(image.flatten()[None]), dim=-1)
    return probabilities, probabilities.argmax(dim=-1)


def classification_loss(network, images, labels):
    rows = F.log_softmax(network(images.flatten(1)), 1)
    return rows, rows.exp()[range(len(labels)), labels], F.nll_loss(rows, labels)


def fit(parameters, logits, x, y, epochs, lr, batch_size, shuffle):
    optimizer, last = torch.optim.SGD(parameters, lr), []
    for _ in range(epochs):
        order = torch.randperm(len(y)) if shuffle else torch.arange(len(y))
        for rows in order.to(x.device).split(batch_size):
            optimizer.zero_grad(set_to_none=False)
            loss = F.cross_entropy(logits(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
        last += [loss.detach()]
    return torch.stack(last)


def train(network, images, labels, epochs, lr, batch_size, shuffle):
    return fit(network.parameters(), network, images.flatten(1), labels, epochs, lr, batch_size, shuffle)


@torch.no_grad()
def predict(network, images):
    return F.log_softmax(network(images.flatten(1)), dim=1)


def accuracy(log_probabilities, labels):
    return (log_probabilities.argmax(1) == labels).double().mean()


def train_classifier(train_images, train_labels, validation_images, epochs, seed, device):
    x, other = (each.flatten(1).to(device) for each in normalize_both(train_images, validation_images))
    torch.manual_seed(seed)
    shapes = [(3072, 512), (512,), (512, 2), (2,)]
    scales = [3072**-0.5, 3072**-0.5, 512**-0.5, 512**-0.5]
    uniform = [(torch.rand(shape) * 2 - 1) * scale for shape, scale in zip(shapes, scales)]
    w1, b1, w2, b2 = weights = [value.to(device).requires_grad_() for value in uniform]

    def logits(rows):
        return torch.tanh(rows @ w1 + b1) @ w2 + b2

    fit(weights, logits, x, torch.as_tensor(train_labels, device=device), epochs, 0.01, 64, True)
    return tuple(torch.log_softmax(logits(each).detach(), 1) for each in (x, other))


def parameter_counts(network):
    trained = list(filter(lambda p: p.requires_grad, network.parameters()))
    return sum(map(torch.numel, trained)), tuple(map(torch.numel, trained))


def shifted_probabilities(network, image, pixels):
    both = torch.stack((image, image.roll(pixels, -1)))
    return F.softmax(network(both.flatten(1)), dim=1)


TRANSLATION_REASON = "Every pixel has its own weights; augment, at the price of more data, or convolve."
