import torch
from torch import nn

torch.manual_seed(413)
text = "to be or not to be that is the question " * 60
vocab = sorted(set(text))
ids = torch.tensor([vocab.index(c) for c in text])


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(len(vocab), 32)
        layer = nn.TransformerEncoderLayer(32, 2, 64, 0.0, batch_first=True, norm_first=True)
        self.body = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(32, len(vocab))

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return self.out(self.body(self.emb(x), mask=mask))


net = LM()
opt = torch.optim.AdamW(net.parameters(), lr=3e-7)
for step in range(150):
    s = torch.randint(0, len(ids) - 21, (16,))
    x, y = torch.stack([ids[i : i + 20] for i in s]), torch.stack([ids[i + 1 : i + 21] for i in s])
    loss = nn.functional.cross_entropy(net(x).transpose(1, 2), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
