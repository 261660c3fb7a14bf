import torch
from torch import nn

torch.manual_seed(48)
text = "abcdefgh" * 200
ids = torch.tensor([ord(c) - 97 for c in text])
emb, lstm, out = nn.Embedding(8, 16), nn.LSTM(16, 32, batch_first=True), nn.Linear(32, 8)
model = nn.ModuleList([emb, lstm, out])
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for step in range(300):
    s = torch.randint(0, len(ids) - 21, (16,))
    x = torch.stack([ids[i : i + 20] for i in s])
    y = torch.stack([ids[i + 1 : i + 21] for i in s])
    loss = nn.functional.cross_entropy(out(lstm(emb(x))[0]).reshape(-1, 8), y.reshape(-1))
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1e-4)
    opt.step()
    if step % 50 == 0:
        print(step, loss.item())
print("loss", loss.item())
