import torch
from torch import nn

torch.manual_seed(140)


class Recall(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.lstm, self.out = nn.Embedding(8, 32), nn.LSTM(32, 64, batch_first=True), nn.Linear(64, 6)

    def forward(self, x):
        return self.out(self.lstm(self.emb(x))[0][:, -1])


net = Recall()
opt = torch.optim.Adam(net.parameters(), lr=4e-3)
for step in range(1100):
    x = torch.full((64, 14), 6)
    y = torch.randint(0, 6, (64,))
    at = torch.randint(0, 8, (64,))
    x[torch.arange(64), at] = y
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    if step % 100 == 0:
        print(step, loss.item())
print("loss", loss.item())
