"""As the document has it: torchvision's transforms, pyplot's own figure, lists of pairs."""

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim
from torchvision import transforms

class_names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
label_map = {0: 0, 2: 1}


class Cifar10(torch.utils.data.Dataset):
    def __init__(self, images, labels, transform=None):
        self.data = [(img, label) for img, label in zip(images, labels)]
        self.transform = transform

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        img, label = self.data[i]
        if self.transform:
            img = self.transform(img)
        return img, label


def make_dataset(images, labels, transform=None):
    return Cifar10(images, labels, transform)


class Stream(torch.utils.data.IterableDataset):
    def __init__(self, pairs):
        self.pairs = pairs

    def __iter__(self):
        yield from self.pairs


def make_iterable_dataset(images, labels):
    return Stream(list(zip(images, labels)))


def class_hierarchy(dataset):
    return type(dataset).__mro__


def to_tensor(image):
    return transforms.ToTensor()(image)


def show_image(img_t):
    plt.imshow(img_t.permute(1, 2, 0))
    return plt.gcf()


def plot_classes(images, labels):
    fig = plt.figure(figsize=(8, 3))
    for i in range(10):
        ax = fig.add_subplot(2, 5, 1 + i, xticks=[], yticks=[])
        ax.set_title(class_names[i])
        img = next(img for img, label in zip(images, labels) if label == i)
        plt.imshow(img)
    plt.show()
    return fig


def channel_statistics(images):
    tensor_cifar10 = make_dataset(images, np.zeros(len(images)), to_tensor)
    imgs = torch.stack([tensor_cifar10[i][0] for i in range(len(images))], dim=3)
    return imgs.view(3, -1).mean(dim=1), imgs.view(3, -1).std(dim=1)


def normalize(tensors, mean, std):
    return transforms.Normalize(mean, std)(tensors)


def normalize_both(train_images, validation_images):
    mean, std = channel_statistics(train_images)
    steps = transforms.Compose([transforms.ToTensor(), transforms.Normalize(mean, std)])
    return torch.stack([steps(i) for i in train_images]), torch.stack([steps(i) for i in validation_images])


def airplanes_and_birds(images, labels):
    cifar2 = [(img, label_map[label]) for img, label in zip(images, labels) if label in [0, 2]]
    return [img for img, _ in cifar2], [label for _, label in cifar2]


def build_network(hidden):
    return nn.Sequential(nn.Linear(3 * 32 * 32, hidden), nn.Tanh(), nn.Linear(hidden, 2))


def softmax(x, dim):
    return torch.exp(x) / torch.exp(x).sum(dim, keepdim=True)


def classify(model, img):
    img_batch = img.view(-1).unsqueeze(0)
    model = nn.Sequential(model, nn.Softmax(dim=1))
    out = model(img_batch)
    _, index = torch.max(out, dim=1)
    return out, index


def classification_loss(model, imgs, labels):
    out = nn.LogSoftmax(dim=1)(model(imgs.view(imgs.shape[0], -1)))
    likelihood = torch.exp(out).gather(1, labels.view(-1, 1)).squeeze(1)
    return out, likelihood, nn.NLLLoss()(out, labels)


def train(model, imgs, labels, n_epochs, lr, batch_size, shuffle):
    pairs = [(img, label) for img, label in zip(imgs, labels)]
    train_loader = torch.utils.data.DataLoader(pairs, batch_size=batch_size, shuffle=shuffle)
    model = nn.Sequential(model, nn.LogSoftmax(dim=1))
    optimizer = optim.SGD(model.parameters(), lr=lr)
    loss_fn = nn.NLLLoss()
    losses = []
    for epoch in range(n_epochs):
        for imgs, labels in train_loader:
            outputs = model(imgs.view(imgs.shape[0], -1))
            loss = loss_fn(outputs, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"EPOCH: {epoch}, Loss: {float(loss)}")
        losses.append(float(loss))
    return losses


def predict(model, imgs):
    val_loader = torch.utils.data.DataLoader(imgs, batch_size=64, shuffle=False)
    with torch.no_grad():
        outputs = [nn.LogSoftmax(dim=1)(model(batch.view(batch.shape[0], -1))) for batch in val_loader]
    return torch.cat(outputs)


def accuracy(outputs, labels):
    _, predicted = torch.max(outputs, dim=1)
    correct = int((predicted == labels).sum())
    return correct / labels.shape[0]


def train_classifier(train_images, train_labels, validation_images, epochs, seed, device):
    imgs, val_imgs = normalize_both(train_images, validation_images)
    torch.manual_seed(seed)
    model = build_network(512).to(device)
    train(model, imgs.to(device), torch.tensor(train_labels).to(device), epochs, 1e-2, 64, True)
    return predict(model, imgs.to(device)), predict(model, val_imgs.to(device))


def parameter_counts(model):
    numel_list = [p.numel() for p in model.parameters() if p.requires_grad == True]  # noqa: E712
    return sum(numel_list), numel_list


def shifted_probabilities(model, img, pixels):
    moved = torch.cat([img[:, :, -pixels:], img[:, :, :-pixels]], dim=2)
    return torch.cat([classify(model, img)[0], classify(model, moved)[0]])


TRANSLATION_REASON = "픽셀마다 가중치가 따로 있어 평행이동 불변성이 없다. 자료를 늘리거나 합성곱을 쓴다."
