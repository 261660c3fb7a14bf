import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(124)
X, y = load_breast_cancer(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0), dtype=torch.float64)
y = torch.tensor(y, dtype=torch.float64)
model = nn.Linear(30, 1).double()
opt = torch.optim.LBFGS(model.parameters(), lr=1, max_iter=10, line_search_fn="strong_wolfe")
for i in range(8):

    def closure():
        opt.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(model(X)[:, 0], y) + 1e-2 * model.weight.pow(2).sum()
        loss.backward()
        return loss

    opt.step(closure)
print("accuracy", ((model(X)[:, 0] > 0) == y.bool()).double().mean().item())
