import torch


def states(x, w_in, w_state, bias):
    state, found = torch.zeros(len(x), len(bias), device=x.device), []
    for t in range(x.shape[1]):
        state = torch.tanh(x[:, t] @ w_in + state @ w_state + bias)
        found.append(state)
    return torch.stack(found, dim=1)


class Classifier(torch.nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.w_in = torch.nn.Parameter(torch.randn(inputs, hidden) / inputs**0.5)
        self.w_state = torch.nn.Parameter(torch.eye(hidden))
        self.bias = torch.nn.Parameter(torch.zeros(hidden))
        self.w_out = torch.nn.Parameter(torch.randn(hidden, classes) / hidden**0.5)

    def forward(self, x):
        return states(x, self.w_in, self.w_state, self.bias)[:, -1] @ self.w_out


def train(net, x, labels, lr, steps):
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=lr), []
    for _ in range(steps):
        net.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(x), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def fit(x, labels):
    net = Classifier(1, 16, 2).to(x.device)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(60):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(x), labels).backward()
        optimizer.step()
    return net
