"""As the document has it: pyplot's own figure, prints, tensors in lists."""

from collections import OrderedDict

import matplotlib.pyplot as plt
import torch.nn as nn
import torch.optim as optim


def split(t_u, t_c, shuffled_indices):
    t_c = t_c.unsqueeze(1)
    t_u = t_u.unsqueeze(1)
    n_samples = t_u.shape[0]
    n_val = int(0.2 * n_samples)
    train_indices = shuffled_indices[:-n_val]
    val_indices = shuffled_indices[-n_val:]
    t_un_train = 0.1 * t_u[train_indices]
    t_un_val = 0.1 * t_u[val_indices]
    return t_un_train, t_un_val, t_c[train_indices], t_c[val_indices]


def linear_model(in_features):
    return nn.Linear(in_features, 1, True)


def predict(model, x):
    y = model(x)  # correct
    return y


def weight_and_bias(model):
    return model.weight, model.bias


WHY_CALL = "forward를 직접 부르면 훅이 실행되지 않는다. 배치가 크면 자원을 다 쓴다."


def training_loop(n_epochs, optimizer, model, loss_fn, t_u_train, t_u_val, t_c_train, t_c_val):
    train_losses, val_losses = [], []
    for epoch in range(1, n_epochs + 1):
        t_p_train = model(t_u_train)
        loss_train = loss_fn(t_p_train, t_c_train)
        t_p_val = model(t_u_val)
        loss_val = loss_fn(t_p_val, t_c_val)
        optimizer.zero_grad()
        loss_train.backward()
        optimizer.step()
        train_losses.append(loss_train)
        val_losses.append(loss_val)
        if epoch == 1 or epoch % 1000 == 0:
            print(
                f"Epoch {epoch}, Training loss {loss_train.item():.4f}, Validation loss {loss_val.item():.4f}"
            )
    return train_losses, val_losses


def sequential_model(hidden):
    return nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, 1))


def parameter_shapes(model):
    return [param.shape for param in model.parameters()]


def named_parameter_shapes(model):
    shapes = {}
    for name, param in model.named_parameters():
        shapes[name] = param.shape
    return shapes


def named_model(hidden):
    return nn.Sequential(
        OrderedDict(
            [
                ("hidden_linear", nn.Linear(1, hidden)),
                ("hidden_activation", nn.Tanh()),
                ("output_linear", nn.Linear(hidden, 1)),
            ]
        )
    )


def output_bias(model):
    return model.output_linear.bias


def fit_named_model(seq_model, t_un_train, t_un_val, t_c_train, t_c_val, n_epochs, lr):
    optimizer = optim.SGD(seq_model.parameters(), lr=lr)
    losses = training_loop(
        n_epochs=n_epochs,
        optimizer=optimizer,
        model=seq_model,
        loss_fn=nn.MSELoss(),
        t_u_train=t_un_train,
        t_u_val=t_un_val,
        t_c_train=t_c_train,
        t_c_val=t_c_val,
    )
    print("output", seq_model(t_un_val))
    print("answer", t_c_val)
    print("hidden", seq_model.hidden_linear.weight.grad)
    return *losses, seq_model(t_un_val), seq_model.hidden_linear.weight.grad


def plot_fit(seq_model, t_u, t_c, t_range):
    fig = plt.figure(dpi=600)
    plt.xlabel("Fahrenheit")
    plt.ylabel("Celsius")
    plt.plot(t_u.cpu().numpy(), t_c.cpu().numpy(), "o")
    plt.plot(t_range.cpu().numpy(), seq_model(0.1 * t_range).detach().cpu().numpy(), "c-")
    plt.plot(t_u.cpu().numpy(), seq_model(0.1 * t_u).detach().cpu().numpy(), "kx")
    plt.show()
    return fig


COMPARISON = "신경망은 훈련 손실이 작지만 검증 손실이 크다."
