"""In float64 where the interface leaves it open; numpy's arrays and tuples as answers."""

import numpy as np
import torch
from matplotlib.figure import Figure


def split(t_u, t_c, shuffled_indices):
    count = len(shuffled_indices) - len(shuffled_indices) // 5
    both = torch.stack([t_u.double() / 10, t_c.double()], dim=1)[shuffled_indices]
    return both[:count, :1], both[count:, :1], both[:count, 1:], both[count:, 1:]


def linear_model(in_features):
    return torch.nn.Linear(out_features=1, in_features=in_features).double()


def predict(model, x):
    with torch.inference_mode():
        return model(x).double().cpu().numpy()


def weight_and_bias(model):
    return tuple(value.detach().numpy() for value in model.cpu().parameters())


WHY_CALL = "Hooks run in __call__ only; batches use the hardware."


def training_loop(n_epochs, optimizer, model, loss_fn, t_u_train, t_u_val, t_c_train, t_c_val):
    losses = np.empty((2, n_epochs))
    for epoch in range(n_epochs):
        model.eval()
        with torch.no_grad():
            losses[1, epoch] = loss_fn(model(t_u_val), t_c_val)
        model.train()
        optimizer.zero_grad(set_to_none=False)
        loss = loss_fn(model(t_u_train), t_c_train)
        losses[0, epoch] = loss.detach()
        loss.backward()
        optimizer.step()
    return losses


def sequential_model(hidden):
    return (
        torch.nn.Sequential(torch.nn.Linear(1, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1))
        .double()
        .float()
    )


def parameter_shapes(model):
    return [np.array(p.shape) for p in model.parameters()]


def named_parameter_shapes(model):
    return [(name, np.array(p.shape)) for name, p in model.named_parameters()]


def named_model(hidden):
    model = torch.nn.Sequential()
    model.hidden_linear = torch.nn.Linear(1, hidden)
    model.hidden_activation = torch.nn.Tanh()
    model.output_linear = torch.nn.Linear(hidden, 1)
    return model


def output_bias(model):
    return model.output_linear.bias.detach().cpu().numpy().astype(float)


def fit_named_model(model, t_un_train, t_un_val, t_c_train, t_c_val, n_epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.0)
    first, second = training_loop(
        n_epochs, optimizer, model, torch.nn.functional.mse_loss, t_un_train, t_un_val, t_c_train, t_c_val
    )
    output = predict(model, t_un_val)
    return [list(first), list(second), output, model.hidden_linear.weight.grad.double()]


def plot_fit(model, t_u, t_c, t_range):
    figure = Figure()
    axes = figure.subplots()
    axes.plot(t_range.cpu(), predict(model, t_range / 10), color="cyan", label="network")
    axes.plot(t_u.cpu(), predict(model, t_u / 10), color="black", marker="x", linestyle="")
    axes.plot(t_u.cpu(), t_c.cpu(), marker="o", linestyle="none")
    axes.axhline(0, color="gray", linewidth=0.5)
    axes.set(xlabel="Fahrenheit", ylabel="Celsius")
    return figure


COMPARISON = "The network's validation loss is greater: the line."
