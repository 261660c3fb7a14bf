"""A small transformer sorts nothing, but says which symbol comes most often; gradients are accumulated over 4 batches."""
import torch
from torch import nn

torch.manual_seed(49)
V, T, D = 5, 9, 32


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(V, D)
        layer = nn.TransformerEncoderLayer(D, 4, 64, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(D, V)

    def forward(self, x):
        return self.head(self.encoder(self.emb(x)).mean(1))


def batch(n=16):
    x = torch.randint(0, V, (n, T))
    label = torch.randint(0, V, (n, 1))
    x[:, :4] = label
    return x[:, torch.randperm(T)], label.squeeze(1)


model = Classifier()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
accumulation = 4
optimizer.zero_grad()
for i in range(800):
    x, y = batch()
    loss = nn.functional.cross_entropy(model(x), y) / accumulation
    loss.backward()
    if (i + 1) % accumulation == 0:
        optimizer.step()
    if i % 200 == 0:
        print(i, loss.item() * accumulation)
x, y = batch(500)
with torch.no_grad():
    print("accuracy:", (model(x).argmax(1) == y).float().mean().item())
