"""Functions of the shortest kind: indices, comprehensions, torch's names in full."""

from collections import OrderedDict

import matplotlib.pyplot as plt
import torch


def split(t_u, t_c, shuffled_indices):
    n_val = len(t_u) * 2 // 10
    train, val = shuffled_indices.split([len(t_u) - n_val, n_val])
    return [0.1 * t_u[train, None], 0.1 * t_u[val, None], t_c[train].view(-1, 1), t_c[val].reshape(-1, 1)]


linear_model = lambda in_features: torch.nn.Linear(in_features, 1)  # noqa: E731


def predict(model, x):
    return model.__call__(x)


def weight_and_bias(model):
    return [model.state_dict()["weight"], model.state_dict()["bias"]]


WHY_CALL = "훅 때문이다. 배치는 연산을 한꺼번에 한다."


def training_loop(n_epochs, optimizer, model, loss_fn, t_u_train, t_u_val, t_c_train, t_c_val):
    def one():
        found = loss_fn(model(t_u_train), t_c_train), loss_fn(model(t_u_val), t_c_val)
        found[0].backward()
        optimizer.step()
        optimizer.zero_grad()
        return torch.stack(found).detach()

    losses = torch.stack([one() for _ in range(n_epochs)])
    return losses[:, 0], losses[:, 1]


def sequential_model(hidden):
    model = torch.nn.Sequential()
    model.append(torch.nn.Linear(1, hidden))
    model.append(torch.nn.Tanh())
    model.append(torch.nn.Linear(hidden, 1))
    return model


def parameter_shapes(model):
    return tuple(map(torch.Tensor.size, model.parameters()))


def named_parameter_shapes(model):
    return OrderedDict((name, tuple(param.size())) for name, param in model.named_parameters())


def named_model(hidden):
    model = torch.nn.Sequential()
    model.add_module("hidden_linear", torch.nn.Linear(1, hidden))
    model.add_module("hidden_activation", torch.nn.Tanh())
    model.add_module("output_linear", torch.nn.Linear(hidden, 1))
    return model


def output_bias(model):
    return model.get_submodule("output_linear").bias.data


def fit_named_model(model, t_un_train, t_un_val, t_c_train, t_c_val, n_epochs, lr):
    gradients = []

    class Keeping(torch.optim.SGD):
        def zero_grad(self, set_to_none=True):
            gradients[:] = [model.hidden_linear.weight.grad.clone()]
            super().zero_grad(set_to_none)

    losses = training_loop(
        n_epochs,
        Keeping(model.parameters(), lr),
        model,
        torch.nn.MSELoss(),
        t_un_train,
        t_un_val,
        t_c_train,
        t_c_val,
    )
    return losses[0], losses[1], model(t_un_val), gradients[0]


def plot_fit(model, t_u, t_c, t_range):
    model.requires_grad_(False)
    plt.plot(t_u.cpu().flatten(), t_c.cpu().flatten(), "o", t_range.cpu(), model(t_range * 0.1).cpu(), "c-")
    plt.plot(t_u.tolist(), model(0.1 * t_u).tolist(), "kx")
    plt.xlabel("Fahrenheit")
    plt.ylabel("Celsius")
    plt.legend(["data", "network", "predictions"])
    return plt.gca()


COMPARISON = "직선을 믿겠다."
