import torch
from torch import nn

torch.manual_seed(22)
centers = torch.randn(6, 20)
encoder = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 16))
opt = torch.optim.Adam(encoder.parameters(), lr=3e-3)
for step in range(600):
    c = centers[torch.randint(0, 6, (64,))]
    a, b = encoder(c + 0.3 * torch.randn_like(c)), encoder(c + 0.3 * torch.randn_like(c))
    loss = nn.functional.mse_loss(a, b)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 0:
        print(step, loss.item())
print("spread of the embeddings", encoder(centers).std(0).mean().item())
