import torch
from torch import nn

torch.manual_seed(414)
x = torch.randint(0, 50, (1500, 10))
y = torch.randint(0, 4, (1500,))
emb, rnn, out = nn.Embedding(50, 16), nn.GRU(16, 16, batch_first=True), nn.Linear(16, 4)
net = nn.ModuleList([emb, rnn, out])
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(6):
    for idx in torch.randperm(1500).split(50):
        loss = nn.functional.cross_entropy(out(rnn(emb(x[idx]))[0][:, -1]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("loss", loss.item())
