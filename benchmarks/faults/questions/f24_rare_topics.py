import torch
from torch import nn

torch.manual_seed(34)
V, L = 120, 14
label = torch.multinomial(torch.tensor([0.96, 0.02, 0.02]), 3000, replacement=True)
words = torch.randint(0, V, (3000, L))
for c in (1, 2):
    rows = torch.where(label == c)[0]
    words[rows, torch.randint(0, L, (len(rows),))] = c
emb, gru, out = nn.Embedding(V, 16), nn.GRU(16, 24, batch_first=True), nn.Linear(24, 3)
model = nn.ModuleList([emb, gru, out])
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for idx in torch.randperm(3000).split(50):
        logits = out(gru(emb(words[idx]))[0].mean(1))
        loss = nn.functional.cross_entropy(logits, label[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
pred = out(gru(emb(words))[0].mean(1)).argmax(1)
print("recall", (pred[label > 0] == label[label > 0]).float().mean().item())
