"""A perfect submission to the question on birds and airplanes, and the mistakes students make in it."""

import matplotlib.pyplot as plt
import numpy as np
import torch

CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


class ImageDataset(torch.utils.data.Dataset):
    def __init__(self, images, labels, transform):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = self.images[index]
        return image if self.transform is None else self.transform(image), int(self.labels[index])


def make_dataset(images, labels, transform=None):
    return ImageDataset(images, labels, transform)


class ImageStream(torch.utils.data.IterableDataset):
    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def __iter__(self):
        return zip(self.images, self.labels, strict=True)


def make_iterable_dataset(images, labels):
    return ImageStream(images, labels)


def class_hierarchy(dataset):
    return type(dataset).__mro__


def to_tensor(image):
    """An image (32, 32, 3), or several (n, 32, 32, 3): the channels go before height and width."""
    return torch.from_numpy(image).movedim(-1, -3) / 255


def show_image(tensor):
    figure, axes = plt.subplots()
    axes.imshow(tensor.permute(1, 2, 0))
    return figure


def plot_classes(images, labels):
    figure, grid = plt.subplots(2, 5, figsize=(8, 3), subplot_kw={"xticks": [], "yticks": []})
    for label, axes in enumerate(grid.flat):
        axes.imshow(images[np.flatnonzero(labels == label)[0]])
        axes.set_title(CLASS_NAMES[label])
    return figure


def channel_statistics(images):
    channels = to_tensor(images).transpose(0, 1).reshape(3, -1)
    return channels.mean(dim=1), channels.std(dim=1)


def normalize(tensors, mean, std):
    return (tensors - mean[:, None, None]) / std[:, None, None]


def normalize_both(train_images, validation_images):
    mean, std = channel_statistics(train_images)
    train_tensors = normalize(to_tensor(train_images), mean, std)
    return train_tensors, normalize(to_tensor(validation_images), mean, std)


def airplanes_and_birds(images, labels):
    airplane, bird = CLASS_NAMES.index("airplane"), CLASS_NAMES.index("bird")
    label_map = {airplane: 0, bird: 1}
    chosen = np.flatnonzero((labels == airplane) | (labels == bird))
    return images[chosen], np.array([label_map[int(label)] for label in labels[chosen]])


def build_network(hidden):
    return torch.nn.Sequential(
        torch.nn.Linear(3 * 32 * 32, hidden),
        torch.nn.Tanh(),
        torch.nn.Linear(hidden, 2),
    )


def softmax(x, dim):
    exponentials = torch.exp(x - x.max())
    return exponentials / exponentials.sum(dim=dim, keepdim=True)


def predicted_class(outputs):
    _, index = torch.max(outputs, dim=1)
    return index


def classify(network, image):
    logits = network(image.reshape(-1).unsqueeze(0))
    probabilities = softmax(logits, dim=1)
    return probabilities, predicted_class(probabilities)


def log_probabilities(network, images):
    logits = network(images.reshape(len(images), -1))
    return torch.nn.LogSoftmax(dim=1)(logits)


def classification_loss(network, images, labels):
    outputs = log_probabilities(network, images)
    likelihood = outputs[torch.arange(len(images)), labels].exp()
    return outputs, likelihood, torch.nn.NLLLoss()(outputs, labels)


def run_epoch(network, loader, optimizer):
    criterion = torch.nn.NLLLoss()
    for images, labels in loader:
        loss = criterion(log_probabilities(network, images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def make_loader(images, labels, batch_size, shuffle):
    dataset = torch.utils.data.TensorDataset(images, labels)
    return torch.utils.data.DataLoader(dataset, batch_size=batch_size, shuffle=shuffle)


def train(network, images, labels, epochs, lr, batch_size, shuffle):
    loader = make_loader(images, labels, batch_size, shuffle)
    optimizer = torch.optim.SGD(network.parameters(), lr=lr)
    return [run_epoch(network, loader, optimizer) for _ in range(epochs)]


def predict(network, images):
    with torch.no_grad():
        return log_probabilities(network, images)


def accuracy(log_probabilities, labels):
    return float((predicted_class(log_probabilities) == labels).float().mean())


def train_classifier(train_images, train_labels, validation_images, epochs, seed, device):
    train_tensors, validation_tensors = normalize_both(train_images, validation_images)
    train_tensors, validation_tensors = train_tensors.to(device), validation_tensors.to(device)
    torch.manual_seed(seed)
    network = build_network(512).to(device)
    loader = make_loader(train_tensors, torch.from_numpy(train_labels).to(device), 64, True)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    for _ in range(epochs):
        run_epoch(network, loader, optimizer)
    return predict(network, train_tensors), predict(network, validation_tensors)


def parameter_counts(network):
    counts = [parameter.numel() for parameter in network.parameters() if parameter.requires_grad]
    return sum(counts), counts


def shifted_probabilities(network, image, pixels):
    moved = torch.roll(image, pixels, dims=2)
    logits = network(torch.stack([image, moved]).reshape(2, -1))
    return torch.nn.functional.softmax(logits, dim=1)


TRANSLATION_REASON = (
    "Each of the 512 hidden neurons has a weight of its own for each of the 3072 numbers, 1,572,864 in all, and "
    "nothing ties the weights of one place to those of another: moved by a few columns, the bird meets other "
    "weights, and the probabilities change. So the network is not translation invariant. Augmenting the data "
    "with moved copies teaches it every place one by one, at the price of more data, time and neurons; a "
    "convolution uses the same few weights in every place, which needs far fewer parameters."
)
