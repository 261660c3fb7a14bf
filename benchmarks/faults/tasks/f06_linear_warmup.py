import torch
from torch import nn

torch.manual_seed(5)
text = "the quick brown fox jumps over the lazy dog and the slow red hen sits under the old oak tree " * 20
chars = sorted(set(text))
ids = torch.tensor([chars.index(c) for c in text])


class TinyLM(nn.Module):
    def __init__(self, vocab, d=32):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.rnn = nn.GRU(d, 64, batch_first=True)
        self.out = nn.Linear(64, vocab)

    def forward(self, x):
        h, _ = self.rnn(self.emb(x))
        return self.out(h)


lm = TinyLM(len(chars))
opt = torch.optim.AdamW(lm.parameters(), lr=3e-3)
sched = torch.optim.lr_scheduler.LinearLR(opt, start_factor=1e-6, total_iters=200_000)
for step in range(200):
    start = torch.randint(0, len(ids) - 33, (16,))
    x = torch.stack([ids[s : s + 32] for s in start])
    y = torch.stack([ids[s + 1 : s + 33] for s in start])
    logits = lm(x)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(lm.parameters(), 1.0)
    opt.step()
    sched.step()
    if step % 50 == 49:
        print(step, loss.item(), (logits.argmax(-1) == y).float().mean().item())
