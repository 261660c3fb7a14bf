import torch
from torch import nn

torch.manual_seed(12)
seq = torch.randint(1, 20, (1024, 10))
label = (seq == 7).any(1).long()


class TextTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 32)
        self.pos = nn.Parameter(torch.zeros(10, 32))
        self.enc = nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4, 64, batch_first=True), 2)
        self.out = nn.Linear(32, 2)

    def forward(self, x):
        return self.out(self.enc(self.emb(x) + self.pos).mean(1))


model = TextTransformer()
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(6):
    for idx in torch.randperm(1024).split(64):
        optimizer.zero_grad()
        loss = loss_fn(model(seq[idx]), label[idx])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
model.eval()
print("accuracy", (model(seq).argmax(1) == label).float().mean().item())
