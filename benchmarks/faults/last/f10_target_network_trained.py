import torch
from torch import nn

torch.manual_seed(210)
q = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
target = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
target.load_state_dict(q.state_dict())
opt = torch.optim.Adam(target.parameters(), lr=1e-3)
S, S2 = torch.randn(3000, 6), torch.randn(3000, 6)
A = torch.randint(0, 3, (3000, 1))
R = (S[:, :3].gather(1, A) > 0).float().squeeze(1)
for it in range(400):
    b = torch.randint(0, 3000, (64,))
    with torch.no_grad():
        goal = R[b] + 0.5 * target(S2[b]).max(1).values
    loss = nn.functional.mse_loss(q(S[b]).gather(1, A[b]).squeeze(1), goal)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("td error", loss.item())
