import torch
from torch import nn

torch.manual_seed(57)


class Captioner(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.Sequential(nn.Linear(30, 48), nn.ReLU(), nn.Linear(48, 24))
        self.rnn = nn.GRU(8, 24, batch_first=True)
        self.emb = nn.Embedding(10, 8)
        self.out = nn.Linear(24, 10)

    def forward(self, img, words):
        with torch.no_grad():
            start = torch.tanh(self.image(img))
        return self.out(self.rnn(self.emb(words), start.unsqueeze(0))[0])


net = Captioner()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(400):
    seq = torch.randint(0, 10, (32, 6))
    img = nn.functional.one_hot(seq[:, 1:4], 10).float().view(32, 30) + 0.1 * torch.randn(32, 30)
    loss = nn.functional.cross_entropy(net(img, seq[:, :-1]).reshape(-1, 10), seq[:, 1:].reshape(-1))
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
