import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)
words = torch.randint(0, 50, (1200, 12))
label = (words < 25).sum(1).gt(6).long() + (words[:, 0] < 10).long()
train = DataLoader(TensorDataset(words, label), batch_size=40, shuffle=True)


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.lstm = nn.LSTM(16, 32, batch_first=True)
        self.fc = nn.Linear(32, 3)
        self.out = nn.LogSoftmax(dim=0)

    def forward(self, x):
        states, _ = self.lstm(self.embedding(x))
        return self.out(self.fc(states.mean(1)))


model = Sentiment()
criterion = nn.NLLLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
for epoch in range(8):
    for x, y in train:
        model.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
