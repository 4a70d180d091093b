"""Classes around what is asked; weights made as Parameters and copied."""

import matplotlib.pyplot as plt
import torch
from torch import nn


class Split:
    def __init__(self, t_u, t_c, indices, share=0.2):
        self.inputs, self.targets, self.indices = t_u.mul(0.1)[:, None], t_c[:, None], indices
        self.n_val = int(len(indices) * share)

    @property
    def training(self):
        return self.indices[: len(self.indices) - self.n_val]

    @property
    def validation(self):
        return self.indices[len(self.indices) - self.n_val :]


class Line(nn.Linear):
    def __init__(self, in_features):
        super().__init__(in_features, 1)
        self.weight = nn.Parameter(torch.randn(1, in_features))
        with torch.no_grad():
            self.bias.copy_(torch.zeros(1))


class Trainer:
    def __init__(self, optimizer, model, loss_fn):
        self.optimizer, self.model, self.loss_fn = optimizer, model, loss_fn
        self.training, self.validation = [], []

    def loss(self, x, y):
        return self.loss_fn(self.model(x), y)

    def epoch(self, x, y, x_val, y_val):
        loss = self.loss(x, y)
        self.training += [loss.item()]
        self.validation += [self.loss(x_val, y_val).item()]
        self.model.zero_grad()
        loss.backward()
        self.optimizer.step()


class Network(nn.Sequential):
    pass


def split(t_u, t_c, shuffled_indices):
    made = Split(t_u, t_c, shuffled_indices)
    both = made.training, made.validation
    return (*(made.inputs[rows] for rows in both), *(made.targets[rows] for rows in both))


def linear_model(in_features):
    return Line(in_features)


def predict(model, x):
    class Whole(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = model

        def forward(self, x):
            return self.inner(x)

    return Whole()(x)


def weight_and_bias(model):
    return next(iter(model.parameters())), list(model.parameters())[-1]


WHY_CALL = "__call__ runs the hooks."


def training_loop(n_epochs, optimizer, model, loss_fn, t_u_train, t_u_val, t_c_train, t_c_val):
    trainer = Trainer(optimizer, model, loss_fn)
    while len(trainer.training) < n_epochs:
        trainer.epoch(t_u_train, t_c_train, t_u_val, t_c_val)
    return trainer.training, trainer.validation


def sequential_model(hidden):
    return nn.Sequential(*(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, 1)))


def parameter_shapes(model):
    return [list(value.shape) for value in model.state_dict().values()]


def named_parameter_shapes(model):
    return {name: list(value.shape) for name, value in model.state_dict().items()}


def named_model(hidden):
    names = "hidden_linear", "hidden_activation", "output_linear"
    model = nn.Sequential()
    for name, layer in zip(names, sequential_model(hidden)):
        model.register_module(name, layer)
    return model


def output_bias(model):
    return dict(model.named_parameters())["output_linear.bias"]


def fit_named_model(model, t_un_train, t_un_val, t_c_train, t_c_val, n_epochs, lr):
    trainer = Trainer(torch.optim.SGD([{"params": model.parameters(), "lr": lr}], lr=1), model, nn.MSELoss())
    for _ in range(n_epochs):
        trainer.epoch(t_un_train, t_c_train, t_un_val, t_c_val)
    with torch.no_grad():
        output = model(t_un_val)
    return trainer.training, trainer.validation, output, model.hidden_linear.weight.grad


def plot_fit(model, t_u, t_c, t_range):
    figure, axes = plt.subplots()
    with torch.no_grad():
        axes.plot(t_u.cpu(), model(0.1 * t_u).cpu(), "kx")
        axes.plot(t_u.cpu(), t_c.cpu(), "o")
        axes.plot(t_range.cpu(), model(0.1 * t_range).cpu(), "c-")
    axes.set_xlabel("Fahrenheit ")
    axes.set_ylabel("Celsius")
    axes.grid(True)
    return figure, axes


COMPARISON = "The network overfits."
