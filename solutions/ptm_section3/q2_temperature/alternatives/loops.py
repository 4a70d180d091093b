"""Loops and Python's own lists, as a beginner writes them."""

import matplotlib.pyplot as plt
import torch


def split(t_u, t_c, shuffled_indices):
    n = t_u.shape[0]
    n_val = int(0.2 * n)
    parts = [[], [], [], []]
    for k in range(n):
        i = int(shuffled_indices[k])
        if k < n - n_val:
            parts[0].append([0.1 * float(t_u[i])])
            parts[2].append([float(t_c[i])])
        else:
            parts[1].append([0.1 * float(t_u[i])])
            parts[3].append([float(t_c[i])])
    return torch.tensor(parts[0]), torch.tensor(parts[1]), torch.tensor(parts[2]), torch.tensor(parts[3])


def linear_model(in_features):
    model = torch.nn.Linear(in_features, 1, bias=True)
    return model


def predict(model, x):
    prediction = model(x)
    return prediction.tolist()


def weight_and_bias(model):
    return model.weight.tolist(), model.bias.tolist()


WHY_CALL = "훅"


def training_loop(n_epochs, optimizer, model, loss_fn, t_u_train, t_u_val, t_c_train, t_c_val):
    training, validation = [0.0] * n_epochs, [0.0] * n_epochs
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        prediction = model(t_u_train)
        loss = loss_fn(prediction, t_c_train)
        loss.backward()
        training[epoch] = float(loss.detach())
        validation[epoch] = float(loss_fn(model(t_u_val), t_c_val).detach())
        optimizer.step()
    return training, validation


def sequential_model(hidden):
    layers = []
    layers.append(torch.nn.Linear(1, hidden))
    layers.append(torch.nn.Tanh())
    layers.append(torch.nn.Linear(hidden, 1))
    return torch.nn.Sequential(*layers)


def parameter_shapes(model):
    result = []
    for p in model.parameters():
        shape = []
        for size in p.shape:
            shape.append(size)
        result.append(shape)
    return result


def named_parameter_shapes(model):
    result = {}
    for name, p in model.named_parameters():
        result[name] = list(p.shape)
    return result


def named_model(hidden):
    from collections import OrderedDict

    layers = OrderedDict()
    layers["hidden_linear"] = torch.nn.Linear(1, hidden)
    layers["hidden_activation"] = torch.nn.Tanh()
    layers["output_linear"] = torch.nn.Linear(hidden, 1)
    return torch.nn.Sequential(layers)


def output_bias(model):
    return model[2].bias.tolist()


def fit_named_model(model, t_un_train, t_un_val, t_c_train, t_c_val, n_epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss_fn = torch.nn.MSELoss()
    training, validation = [], []
    for _ in range(n_epochs):
        loss = loss_fn(model(t_un_train), t_c_train)
        val = loss_fn(model(t_un_val), t_c_val)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        training.append(loss.item())
        validation.append(val.item())
    return training, validation, model(t_un_val).tolist(), model[0].weight.grad.tolist()


def plot_fit(model, t_u, t_c, t_range):
    xs, ys, ps = [], [], []
    for u, c in zip(t_u, t_c):
        xs.append(float(u))
        ys.append(float(c))
        ps.append(float(model(0.1 * u).detach()))
    curve = [float(model(0.1 * t).detach()) for t in t_range]
    fig = plt.figure()
    ax = fig.add_subplot(111)
    ax.plot(xs, ys, "o")
    ax.plot([float(t) for t in t_range], curve, "c-")
    ax.plot(xs, ps, "kx")
    ax.axvline(min(xs), linestyle=":")
    ax.set_xlabel("Fahrenheit")
    ax.set_ylabel("Celsius")
    return fig


COMPARISON = "직선"
