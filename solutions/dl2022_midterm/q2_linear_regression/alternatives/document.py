"""The document's own code, put into functions: zero_grad last, the loss by mean, print and data."""

import torch


def design_matrix(x):
    return torch.stack([torch.ones_like(x), x], axis=1)


def initial_network():
    net = torch.nn.Linear(in_features=2, out_features=1, bias=False)
    net.weight.data = torch.tensor([[-5.0, 10.0]])
    return net


def adam_updates(net, X, y, lr, steps):
    optimizr = torch.optim.Adam(net.parameters(), lr=lr)
    gradients, weights = (), ()
    for _ in range(steps):
        yhat = net(X)
        loss = torch.mean((y - yhat) ** 2)
        loss.backward()
        print(net.weight.grad)
        gradients += (net.weight.grad.clone(),)
        optimizr.step()
        optimizr.zero_grad()
        print(net.weight.data)
        print("---")
        weights += (net.weight.data.clone(),)
    return gradients, weights


def sgd_updates(net, X, y, lr, steps):
    optimizr2 = torch.optim.SGD(net.parameters(), lr=lr)
    gradients, weights = (), ()
    for _ in range(steps):
        yhat = net(X)
        loss = torch.mean((y - yhat) ** 2)
        loss.backward()
        gradients += (net.weight.grad.clone(),)
        optimizr2.step()
        optimizr2.zero_grad()
        weights += (net.weight.data.clone(),)
    return gradients, weights


def converged(gradient):
    return bool(torch.all(torch.abs(gradient) < 0.1))


TRAINED_WELL = True
CONVERGENCE_REASON = (
    "최종 업데이트에서 계산된 미분계수가 거의 0이므로 잘 수렴했다고 판단되며, 손실함수가 convex이다."
)
