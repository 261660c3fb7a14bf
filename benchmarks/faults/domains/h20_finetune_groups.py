import torch
import torch.nn as nn
from sklearn.datasets import load_digits
torch.set_num_threads(1)
torch.manual_seed(8)
ds = load_digits()
x = torch.tensor(ds.images, dtype=torch.float).unsqueeze(1) / 16.0; y = torch.tensor(ds.target)
low = y < 5
class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d(2),
                                      nn.Conv2d(12, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
        self.fc = nn.Linear(96, 5)
    def forward(self, x): return self.fc(self.features(x))
def run(model, opt, xs, ys, epochs, train_mode=True):
    lf = nn.CrossEntropyLoss()
    for e in range(epochs):
        model.train()
        for i in torch.randperm(len(xs)).split(32):
            loss = lf(model(xs[i]), ys[i])
            opt.zero_grad(); loss.backward(); opt.step()
    return loss.item()
pre = Backbone()
run(pre, torch.optim.Adam(pre.parameters(), 2e-3), x[low], y[low], 4)
torch.manual_seed(80)
model = Backbone()
model.load_state_dict(pre.state_dict())
model.fc = nn.Linear(96, 5)
opt = torch.optim.AdamW([{'params': model.features.parameters(), 'lr': 2e-4}, {'params': model.fc.parameters(), 'lr': 5e-3}])
xs, ys = x[~low], y[~low] - 5
run(model, opt, xs[:700], ys[:700], 8)
model.eval()
print("METRIC", (model(xs[700:]).argmax(1) == ys[700:]).float().mean().item())
