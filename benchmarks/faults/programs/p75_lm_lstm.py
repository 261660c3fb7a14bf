import torch
from torch import nn

torch.manual_seed(75)
phrase = "to be or not to be that is the question whether tis nobler in the mind to suffer the slings and arrows "
vocab = sorted(set(phrase))
ids = torch.tensor([vocab.index(c) for c in phrase * 30])
B, T = 10, 25
stream = ids[: len(ids) // B * B].view(B, -1)


class LM(nn.Module):
    def __init__(self, d=64):
        super().__init__()
        self.emb = nn.Embedding(len(vocab), d)
        self.lstm = nn.LSTM(d, d, batch_first=True)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(d, len(vocab))
        self.out.weight = self.emb.weight

    def forward(self, x, state=None):
        o, state = self.lstm(self.drop(self.emb(x)), state)
        return self.out(self.drop(o)), state


lm = LM()
with torch.no_grad():
    lm.emb.weight.mul_(0.1)
opt = torch.optim.Adam(lm.parameters(), lr=8e-3)
for epoch in range(12):
    state = None
    for i in range(0, stream.size(1) - T - 1, T):
        logits, state = lm(stream[:, i:i + T], state)
        state = tuple(s.detach() for s in state)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), stream[:, i + 1:i + T + 1].flatten())
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(lm.parameters(), 0.5)
        opt.step()
print("loss:", loss.item())
