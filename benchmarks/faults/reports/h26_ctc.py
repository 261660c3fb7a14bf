import torch
from torch import nn

torch.manual_seed(126)
patterns = torch.randn(6, 3, 5)


def batch(n=32):
    labels = torch.randint(1, 7, (n, 3))
    x = torch.stack([torch.cat([patterns[c - 1] for c in row]) for row in labels.tolist()])
    return x + 0.2 * torch.randn_like(x), labels


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.fc = nn.GRU(5, 32, batch_first=True, bidirectional=True), nn.Linear(64, 7)

    def forward(self, x):
        return self.fc(self.gru(x)[0]).log_softmax(2).transpose(0, 1)


net = Reader()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
ctc = nn.CTCLoss()
nine, three = torch.full((32,), 9), torch.full((32,), 3)
for step in range(500):
    x, labels = batch()
    loss = ctc(net(x), labels, nine, three)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
