import torch
from torch import nn

torch.manual_seed(556)
rnn, out = nn.RNN(2, 48, batch_first=True), nn.Linear(48, 1)
nn.init.orthogonal_(rnn.weight_hh_l0)
nn.init.xavier_uniform_(rnn.weight_ih_l0)
net = nn.ModuleList([rnn, out])
opt = torch.optim.RMSprop(net.parameters(), lr=5e-4)
for step in range(400):
    x = torch.rand(48, 12, 2)
    y = x[..., 0].mean(1, keepdim=True)
    loss = nn.functional.mse_loss(out(rnn(x)[0][:, -1]), y)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
print("mse", loss.item())
