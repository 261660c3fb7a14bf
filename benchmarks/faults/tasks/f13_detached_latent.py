import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(13)
images = torch.tensor(load_digits().images, dtype=torch.float32).unsqueeze(1) / 16
encoder = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 16, 6))
decoder = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 64), nn.Sigmoid())
params = list(encoder.parameters()) + list(decoder.parameters())
optimizer = torch.optim.Adam(params, lr=3e-3)
latents = []
for epoch in range(12):
    for idx in torch.randperm(len(images)).split(64):
        z = encoder(images[idx]).detach()
        latents.append(z)
        loss = nn.functional.mse_loss(decoder(z), images[idx].flatten(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print("last latents", torch.cat(latents[-5:]).std().item())
print("reconstruction", loss.item())
