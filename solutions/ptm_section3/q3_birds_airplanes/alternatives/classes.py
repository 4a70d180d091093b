"""Classes for what others write as functions; the gradients are cleared after each update."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset, Subset


class Pictures(Dataset):
    """Also a sequence of names and a home of the conversions."""

    names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]

    def __init__(self, images, labels, transform=lambda image: image):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return self.images.shape[0]

    def __getitem__(self, index):
        return self.transform(self.images[index]), self.labels[index].item()

    @staticmethod
    def tensor(image):
        return torch.tensor(image, dtype=torch.float32).movedim(2, 0) / 255


class PictureStream(IterableDataset):
    def __init__(self, pictures):
        self.pictures = pictures

    def __iter__(self):
        return (self.pictures[index] for index in range(len(self.pictures)))


class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", mean.reshape(3, 1, 1))
        self.register_buffer("std", std.reshape(3, 1, 1))

    def forward(self, tensors):
        return (tensors - self.mean) / self.std


class Softmax(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        powers = (x - x.amax(self.dim, keepdim=True)).exp()
        return powers.div(powers.sum(self.dim, keepdim=True))


class Classifier(nn.Module):
    """Takes images, gives log-probabilities."""

    def __init__(self, network):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), network, nn.LogSoftmax(1))

    def forward(self, images):
        return self.body(images)

    def fit(self, images, labels, epochs, lr, batch_size, shuffle):
        optimizer = torch.optim.SGD(self.parameters(), lr=lr, foreach=False)
        loader = DataLoader(list(zip(images, labels)), batch_size, shuffle)
        losses = []
        for _ in range(epochs):
            for loss in map(lambda batch: nn.functional.nll_loss(self(batch[0]), batch[1]), loader):
                loss.backward()
                optimizer.step()
                self.zero_grad()
            losses.append(loss.detach().cpu())
        return losses


class TanhNetwork(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.first, self.second = nn.Linear(3072, hidden), nn.Linear(hidden, 2)

    def forward(self, x):
        return self.second(torch.tanh(self.first(x)))


def make_dataset(images, labels, transform=None):
    return Pictures(images, labels) if transform is None else Pictures(images, labels, transform)


def make_iterable_dataset(images, labels):
    return PictureStream(Pictures(images, labels))


def class_hierarchy(dataset):
    return type(dataset).mro()


to_tensor = Pictures.tensor


def show_image(tensor):
    figure, axes = plt.subplots(1, 1)
    axes.axhline(0, color="red")
    return axes.imshow(tensor.permute(1, 2, 0).numpy())


def plot_classes(images, labels):
    figure, grid = plt.subplots(2, 5)
    for label in reversed(range(10)):
        index = int(np.argmax(labels == label))
        Subset(make_dataset(images, labels), [index])
        grid[label // 5, label % 5].imshow(to_tensor(images[index]).permute(1, 2, 0))
        grid[label // 5, label % 5].set(title=Pictures.names[label], xticks=[], yticks=[])
    figure.suptitle("CIFAR-10")
    return grid


def channel_statistics(images):
    channels = [torch.tensor(images[..., c].ravel() / 255) for c in range(3)]
    return torch.stack([c.mean() for c in channels]), torch.stack([c.std() for c in channels])


def normalize(tensors, mean, std):
    return Normalization(mean, std)(tensors)


def normalize_both(train_images, validation_images):
    both = [torch.stack(list(map(to_tensor, images))) for images in (train_images, validation_images)]
    channels = both[0].transpose(0, 1).flatten(1)
    steps = Normalization(channels.mean(1), channels.std(1))
    return steps(both[0]), steps(both[1])


def airplanes_and_birds(images, labels):
    kept = np.where(np.logical_or(labels == 0, labels == 2))
    return images[kept], np.where(labels[kept] == 2, 1, 0)


def build_network(hidden):
    return nn.Sequential(
        *[nn.Linear(32 * 32 * 3, hidden, bias=True), nn.Tanh(), nn.Linear(hidden, 2, bias=True)]
    )


def softmax(x, dim):
    return Softmax(dim)(x)


def classify(network, image):
    with torch.no_grad():
        probabilities = nn.Sequential(nn.Flatten(), network, nn.Softmax(1))(image.unsqueeze(0))
    return probabilities, probabilities.max(1).indices


def classification_loss(network, images, labels):
    rows = Classifier(network)(images)
    return rows, torch.take_along_dim(rows, labels[:, None], 1)[:, 0].exp(), nn.NLLLoss()(rows, labels)


def train(network, images, labels, epochs, lr, batch_size, shuffle):
    return Classifier(network).fit(images, labels, epochs, lr, batch_size, shuffle)


def predict(network, images):
    network.eval()
    with torch.no_grad():
        return Classifier(network)(images)


def accuracy(log_probabilities, labels):
    return float(torch.eq(log_probabilities.max(dim=1)[1], labels).sum() / len(labels))


def train_classifier(train_images, train_labels, validation_images, epochs, seed, device):
    training, validation = (each.to(device) for each in normalize_both(train_images, validation_images))
    torch.manual_seed(seed)
    classifier = Classifier(TanhNetwork(512)).to(device)
    classifier.fit(training, torch.LongTensor(train_labels).to(device), epochs, 0.01, 64, True)
    with torch.no_grad():
        return classifier(training), classifier(validation)


def parameter_counts(network):
    counts = [int(np.prod(p.shape)) for p in network.parameters() if p.requires_grad]
    return sum(counts), counts


def shifted_probabilities(network, image, pixels):
    with torch.no_grad():
        return nn.Softmax(-1)(network(torch.stack([image, image.roll((0, pixels), (1, 2))]).view(2, -1)))


TRANSLATION_REASON = "Weights belong to places; a convolution shares them, more data teach every place."
