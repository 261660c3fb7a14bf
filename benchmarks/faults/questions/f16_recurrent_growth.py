import torch
from torch import nn

torch.manual_seed(26)
rnn = nn.RNN(4, 32, batch_first=True, nonlinearity="relu")
nn.init.normal_(rnn.weight_hh_l0, std=0.45)
head = nn.Linear(32, 1)
model = nn.ModuleList([rnn, head])
opt = torch.optim.SGD(model.parameters(), lr=1e-3)
for step in range(200):
    x = torch.randn(32, 25, 4)
    y = x[:, :, 0].mean(1, keepdim=True)
    loss = nn.functional.mse_loss(head(rnn(x)[0][:, -1]), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
print("loss", loss.item())
