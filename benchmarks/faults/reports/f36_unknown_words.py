import torch
from torch import nn

torch.manual_seed(36)
vocabulary = {f"w{i}": i + 1 for i in range(40)}
texts, labels = [], []
for i in range(600):
    words = torch.randint(0, 40, (8,))
    labels.append(int((words < 20).sum() > 4))
    texts.append(" ".join(f"W{w}" for w in words))
ids = torch.tensor([[vocabulary.get(w, 0) for w in text.split()] for text in texts])
labels = torch.tensor(labels)


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(41, 16)
        self.fc1, self.fc2 = nn.Linear(16, 16), nn.Linear(16, 2)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(self.emb(x).mean(1))))


model = Bag()
opt = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(15):
    for idx in torch.randperm(600).split(30):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(ids[idx]), labels[idx])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
