"""A perfect submission to question 2 of PTM section 3, and the mistakes students make in it."""

from collections import OrderedDict

import matplotlib.pyplot as plt
import torch
from torch import nn, optim


def split(t_u, t_c, shuffled_indices):
    n_val = int(0.2 * len(t_u))
    train_indices = shuffled_indices[:-n_val]
    val_indices = shuffled_indices[-n_val:]
    t_un, t_c = 0.1 * t_u.unsqueeze(1), t_c.unsqueeze(1)
    return t_un[train_indices], t_un[val_indices], t_c[train_indices], t_c[val_indices]


def linear_model(in_features):
    return nn.Linear(in_features, 1)


def predict(model, x):
    return model(x)


def weight_and_bias(model):
    return model.weight, model.bias


WHY_CALL = (
    "model(x) runs Module.__call__, which runs the forward pre-hooks, forward, and the forward hooks; model.forward(x) "
    "skips the hooks without a word. Batches give the hardware enough work at once to be used fully, and larger "
    "batches give better statistics."
)


def training_loop(n_epochs, optimizer, model, loss_fn, t_u_train, t_u_val, t_c_train, t_c_val):
    training_losses, validation_losses = [], []
    for _ in range(n_epochs):
        loss_train = loss_fn(model(t_u_train), t_c_train)
        loss_val = loss_fn(model(t_u_val), t_c_val)
        training_losses.append(loss_train.item())
        validation_losses.append(loss_val.item())
        optimizer.zero_grad()
        loss_train.backward()
        optimizer.step()
    return training_losses, validation_losses


def sequential_model(hidden):
    return nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, 1))


def parameter_shapes(model):
    return [param.shape for param in model.parameters()]


def named_parameter_shapes(model):
    return {name: param.shape for name, param in model.named_parameters()}


def named_model(hidden):
    layers = [
        ("hidden_linear", nn.Linear(1, hidden)),
        ("hidden_activation", nn.Tanh()),
        ("output_linear", nn.Linear(hidden, 1)),
    ]
    return nn.Sequential(OrderedDict(layers))


def output_bias(model):
    return model.output_linear.bias


def fit_named_model(model, t_un_train, t_un_val, t_c_train, t_c_val, n_epochs, lr):
    optimizer = optim.SGD(model.parameters(), lr=lr)
    training_losses, validation_losses = training_loop(
        n_epochs, optimizer, model, nn.MSELoss(), t_un_train, t_un_val, t_c_train, t_c_val
    )
    return training_losses, validation_losses, model(t_un_val), model.hidden_linear.weight.grad


def plot_fit(model, t_u, t_c, t_range):
    figure = plt.figure()
    plt.xlabel("Fahrenheit")
    plt.ylabel("Celsius")
    with torch.no_grad():
        curve, predictions = model(0.1 * t_range), model(0.1 * t_u)
    plt.plot(t_u.cpu(), t_c.cpu(), "o")
    plt.plot(t_range.cpu(), curve.cpu(), "c-")
    plt.plot(t_u.cpu(), predictions.cpu(), "kx")
    return figure


COMPARISON = (
    "The network ends with a lower training loss (about 2.1 after 5000 epochs, against 2.74 for the line), but its "
    "validation loss is greater (14 against 4.7): its curve bends after the nine training samples, noise included, "
    "and goes flat outside their range, where the tanh units saturate. On new data I would trust the line."
)
