"""Loops and Python's own numbers, as a beginner writes them."""

import math

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F

NAMES = {0: "airplane", 1: "automobile", 2: "bird", 3: "cat", 4: "deer", 5: "dog", 6: "frog", 7: "horse"}
NAMES[8], NAMES[9] = "ship", "truck"


class MyDataset(torch.utils.data.Dataset):
    def __init__(self, images, labels, transform=None):
        self.items = []
        for i in range(len(images)):
            image = images[i]
            if transform is not None:
                image = transform(image)
            self.items.append((image, int(labels[i])))

    def __len__(self):
        count = 0
        for _ in self.items:
            count += 1
        return count

    def __getitem__(self, i):
        return self.items[i]


def make_dataset(images, labels, transform=None):
    return MyDataset(images, labels, transform)


class MyStream(torch.utils.data.IterableDataset):
    def __init__(self, images, labels):
        self.images = images
        self.labels = labels

    def __iter__(self):
        for image, label in zip(self.images, self.labels):
            yield (image, label)


def make_iterable_dataset(images, labels):
    return MyStream(images, labels)


def class_hierarchy(dataset):
    kind, found = type(dataset), []
    for one in kind.__mro__:
        found.append(one)
    return found


def to_tensor(image):
    channels = []
    for c in range(3):
        channels.append(torch.tensor(image[:, :, c]).float() / 255)
    return torch.stack(channels)


def show_image(tensor):
    plt.figure()
    plt.imshow(torch.stack([tensor[0], tensor[1], tensor[2]], dim=2))
    return plt.gca()


def plot_classes(images, labels):
    fig, axes = plt.subplots(2, 5)
    axes = axes.ravel()
    for c in range(10):
        for i in range(len(labels)):
            if labels[i] == c:
                axes[c].imshow(images[i])
                break
        axes[c].set_title(NAMES[c])
    return fig, axes


def channel_statistics(images):
    mean, std = torch.zeros(3), torch.zeros(3)
    for c in range(3):
        values = torch.tensor(images[:, :, :, c]).double() / 255
        mean[c] = values.mean()
        std[c] = math.sqrt(((values - values.mean()) ** 2).mean())
    return mean, std


def normalize(tensors, mean, std):
    result = torch.empty_like(tensors)
    for i in range(len(tensors)):
        for c in range(3):
            result[i, c] = (tensors[i, c] - mean[c]) / std[c]
    return result


def normalize_both(train_images, validation_images):
    mean, std = channel_statistics(train_images)
    results = []
    for images in (train_images, validation_images):
        tensors = torch.stack([to_tensor(image) for image in images])
        results.append(normalize(tensors, mean, std))
    return results[0], results[1]


def airplanes_and_birds(images, labels):
    new_images, new_labels = [], []
    for image, label in zip(images, labels):
        if label == 0:
            new_images.append(image)
            new_labels.append(0)
        elif label == 2:
            new_images.append(image)
            new_labels.append(1)
    return np.array(new_images), np.array(new_labels)


def build_network(hidden):
    model = torch.nn.Sequential()
    model.add_module("linear1", torch.nn.Linear(3072, hidden))
    model.add_module("tanh", torch.nn.Tanh())
    model.add_module("linear2", torch.nn.Linear(hidden, 2))
    return model


def softmax(x, dim):
    total = 0
    for one in torch.unbind(x, dim):
        total = total + torch.exp(one)
    return torch.stack([torch.exp(one) / total for one in torch.unbind(x, dim)], dim)


def classify(network, image):
    out = network(image.reshape(1, -1))
    p = softmax(out, 1)
    if p[0, 0] > p[0, 1]:
        return p, torch.tensor([0])
    return p, torch.tensor([1])


def classification_loss(network, images, labels):
    rows, likelihoods, total = [], [], 0.0
    for image, label in zip(images, labels):
        out = network(image.view(-1).unsqueeze(0))
        row = torch.log_softmax(out, dim=1)[0]
        rows.append(row)
        likelihoods.append(math.exp(row[label]))
        total = total - row[label]
    return rows, likelihoods, total / len(images)


def train(network, images, labels, epochs, lr, batch_size, shuffle):
    optimizer = torch.optim.SGD(network.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        order = list(range(len(images)))
        if shuffle:
            order = torch.randperm(len(images)).tolist()
        start = 0
        while start < len(order):
            rows = order[start : start + batch_size]
            out = torch.stack([network(images[i].view(-1)) for i in rows])
            loss = F.nll_loss(F.log_softmax(out, dim=1), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            start = start + batch_size
        losses.append(loss)
    return losses


def predict(network, images):
    rows = []
    for image in images:
        with torch.no_grad():
            rows.append(F.log_softmax(network(image.view(1, -1)), dim=1)[0])
    return torch.stack(rows)


def accuracy(log_probabilities, labels):
    correct, total = 0, 0
    for row, label in zip(log_probabilities.tolist(), labels.tolist()):
        correct += row.index(max(row)) == label
        total += 1
    return correct / total


def train_classifier(train_images, train_labels, validation_images, epochs, seed, device):
    a, b = normalize_both(train_images, validation_images)
    a, b = a.to(device), b.to(device)
    torch.manual_seed(seed)
    network = build_network(512)
    network.to(device)
    train(network, a, torch.tensor(train_labels).to(device), epochs, 0.01, 64, True)
    return predict(network, a), predict(network, b)


def parameter_counts(network):
    total, counts = 0, []
    for p in network.parameters():
        if p.requires_grad:
            counts.append(p.numel())
            total += p.numel()
    return total, counts


def shifted_probabilities(network, image, pixels):
    moved = torch.zeros_like(image)
    for column in range(32):
        moved[:, :, (column + pixels) % 32] = image[:, :, column]
    return torch.cat([softmax(network(x.reshape(1, -1)), 1) for x in (image, moved)])


TRANSLATION_REASON = "화소마다 가중치가 다르기 때문이다. 자료를 늘리면 시간이 더 든다."
