"""A perfect submission to the question on birds and airplanes, and the mistakes students make in it."""

import matplotlib.pyplot as plt
import numpy as np
import torch

from autograder import Mistake, Text

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


MISTAKES = [
    Mistake(
        name="not_divided_by_255",
        explanation=Text(
            ko="255로 나누지 않아 값이 0부터 255까지입니다.",
            en="The numbers were not divided by 255 and range from 0 to 255.",
        ),
        loses=frozenset({"dataset", "normalization"}),
        edits=[(".movedim(-1, -3) / 255", ".movedim(-1, -3).float()")],
    ),
    Mistake(
        name="height_and_width_swapped",
        explanation=Text(
            ko="높이와 너비의 차원을 혼동했습니다. (3, 32, 32)에서 행은 1번, 열은 2번 차원입니다.",
            en="Height and width are confused: in (3, 32, 32) the rows are dimension 1, the columns dimension 2.",
        ),
        loses=frozenset({"dataset", "normalization", "parameter_count"}),
        edits=[
            (".movedim(-1, -3) / 255", ".transpose(-1, -3) / 255"),
            ("pixels, dims=2)", "pixels, dims=1)"),
        ],
    ),
    Mistake(
        name="bird_and_cat_swapped",
        explanation=Text(
            ko="클래스의 순서를 잘못 알았습니다. 새는 2번, 고양이는 3번입니다.",
            en="The classes are in the wrong order: bird is number 2 and cat is number 3.",
        ),
        loses=frozenset({"dataset", "two_classes"}),
        edits=[('"bird", "cat", "deer"', '"cat", "bird", "deer"')],
    ),
    Mistake(
        name="validation_statistics",
        explanation=Text(
            ko="검증 이미지를 검증 이미지 자신의 평균과 표준편차로 정규화했습니다. 두 쪽이 다른 변환을 거치게 됩니다.",
            en="The validation images were normalised by their own mean and standard deviation, which is another "
            "transformation than the training images went through.",
        ),
        loses=frozenset({"normalization"}),
        edits=[
            (
                "normalize(to_tensor(validation_images), mean, std)",
                "normalize(to_tensor(validation_images), *channel_statistics(validation_images))",
            )
        ],
    ),
    Mistake(
        name="label_two_kept",
        explanation=Text(
            ko="새의 레이블을 1로 바꾸지 않고 2로 두었습니다.",
            en="The birds' label was left at 2 instead of being mapped to 1.",
        ),
        loses=frozenset({"two_classes"}),
        edits=[("bird: 1}", "bird: bird}")],
    ),
    Mistake(
        name="airplanes_first",
        explanation=Text(
            ko="비행기를 모두 앞에, 새를 모두 뒤에 두어 주어진 순서가 바뀌었습니다.",
            en="All airplanes were put before all birds, so the given order is lost.",
        ),
        loses=frozenset({"two_classes"}),
        edits=[
            (
                "np.flatnonzero((labels == airplane) | (labels == bird))",
                "np.concatenate([np.flatnonzero(labels == airplane), np.flatnonzero(labels == bird)])",
            )
        ],
    ),
    Mistake(
        name="bias_missing",
        explanation=Text(
            ko="선형 계층에 편향이 없습니다.",
            en="The linear layers have no bias.",
        ),
        loses=frozenset({"fully_connected", "parameter_count"}),
        edits=[
            ("3 * 32 * 32, hidden)", "3 * 32 * 32, hidden, bias=False)"),
            ("(hidden, 2)", "(hidden, 2, bias=False)"),
        ],
    ),
    Mistake(
        name="hidden_256",
        explanation=Text(
            ko="은닉층의 뉴런 수를 hidden이 아니라 256으로 두었습니다.",
            en="The hidden layer has 256 neurons, whatever `hidden` is.",
        ),
        loses=frozenset({"fully_connected", "parameter_count"}),
        edits=[("3 * 32 * 32, hidden)", "3 * 32 * 32, 256)"), ("(hidden, 2)", "(256, 2)")],
    ),
    Mistake(
        name="relu_instead_of_tanh",
        explanation=Text(
            ko="활성 함수로 Tanh 대신 ReLU를 썼습니다.",
            en="The activation function is ReLU instead of Tanh.",
        ),
        loses=frozenset({"fully_connected"}),
        edits=[("torch.nn.Tanh()", "torch.nn.ReLU()")],
    ),
    Mistake(
        name="softmax_over_the_batch",
        explanation=Text(
            ko="소프트맥스를 dim=0, 곧 배치에 걸쳐 계산했습니다. 클래스는 1번 차원에 있습니다.",
            en="The softmax was taken along dim=0, over the batch; the classes are along dimension 1.",
        ),
        loses=frozenset({"softmax", "loss", "training", "validation_accuracy"}),
        edits=[
            ("sum(dim=dim, keepdim=True)", "sum(dim=0, keepdim=True)"),
            ("LogSoftmax(dim=1)", "LogSoftmax(dim=0)"),
        ],
    ),
    Mistake(
        name="softmax_twice",
        explanation=Text(
            ko="이미 확률인 값에 소프트맥스를 한 번 더 적용했습니다.",
            en="The softmax was applied a second time, to what were probabilities already.",
        ),
        loses=frozenset({"softmax", "loss"}),
        edits=[
            ("    probabilities = softmax(logits", "    probabilities = softmax(softmax(logits, dim=1)"),
            (
                "    outputs = log_probabilities(network, images)\n",
                "    outputs = log_probabilities(torch.nn.Sequential(network, torch.nn.Softmax(dim=1)), images)\n",
            ),
        ],
    ),
    Mistake(
        name="probabilities_without_log",
        explanation=Text(
            ko="NLLLoss에 로그 확률이 아니라 확률을 넣었습니다. LogSoftmax를 써야 합니다.",
            en="NLLLoss was given probabilities instead of their logarithms; LogSoftmax must be used.",
        ),
        loses=frozenset({"loss", "training", "validation_accuracy"}),
        edits=[("torch.nn.LogSoftmax(", "torch.nn.Softmax(")],
    ),
    Mistake(
        name="maximum_instead_of_index",
        explanation=Text(
            ko="torch.max가 돌려주는 (최댓값, 번호) 가운데 번호가 아니라 최댓값을 클래스로 썼습니다.",
            en="torch.max returns (maximum, index), and the maximum was taken for the class instead of the index.",
        ),
        loses=frozenset({"softmax", "validation_accuracy"}),
        edits=[("    _, index = torch.max", "    index, _ = torch.max")],
    ),
    Mistake(
        name="forgot_zero_grad",
        explanation=Text(
            ko="zero_grad()를 빠뜨려 기울기가 미니배치마다 누적되었습니다.",
            en="zero_grad() is missing: the gradients of all earlier minibatches add up.",
        ),
        loses=frozenset({"training"}),
        appended="""

def train(network, images, labels, epochs, lr, batch_size, shuffle):
    optimizer, losses = torch.optim.SGD(network.parameters(), lr=lr), []
    for _ in range(epochs):
        for batch, target in make_loader(images, labels, batch_size, shuffle):
            loss = torch.nn.NLLLoss()(log_probabilities(network, batch), target)
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses
""",
    ),
]
