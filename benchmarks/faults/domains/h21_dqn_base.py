import random, collections
import torch
import torch.nn as nn
torch.set_num_threads(1)
random.seed(0); torch.manual_seed(0)
SIZE = 5
class Grid:
    def reset(self):
        self.p = [0, 0]; self.t = 0; return self.obs()
    def obs(self):
        v = torch.zeros(SIZE * 2); v[self.p[0]] = 1; v[SIZE + self.p[1]] = 1; return v
    def step(self, a):
        dx, dy = [(0, 1), (1, 0), (0, -1), (-1, 0)][a]
        self.p = [min(SIZE - 1, max(0, self.p[0] + dx)), min(SIZE - 1, max(0, self.p[1] + dy))]
        self.t += 1
        win = self.p == [SIZE - 1, SIZE - 1]
        return self.obs(), (1.0 if win else -0.02), win or self.t > 30
def make(): return nn.Sequential(nn.Linear(SIZE * 2, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 4))
q_net, target_net = make(), make()
target_net.load_state_dict(q_net.state_dict())
optimizer = torch.optim.Adam(q_net.parameters(), lr=1e-3)
memory = collections.deque(maxlen=2000)
env = Grid(); eps = 1.0; wins = []; updates = 0
for episode in range(90):
    s = env.reset(); done = False
    while not done:
        a = random.randrange(4) if random.random() < eps else q_net(s).argmax().item()
        s2, r, done = env.step(a)
        memory.append((s, a, r, s2, float(done))); s = s2
        if len(memory) >= 64:
            batch = random.sample(memory, 32)
            S, A, R, S2, Dn = zip(*batch)
            S, S2 = torch.stack(S), torch.stack(S2)
            A, R, Dn = torch.tensor(A), torch.tensor(R), torch.tensor(Dn)
            q = q_net(S).gather(1, A.view(-1, 1)).squeeze(1)
            with torch.no_grad():
                goal = R + 0.95 * (1 - Dn) * target_net(S2).max(1).values
            loss = nn.functional.smooth_l1_loss(q, goal)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            updates += 1
            if updates % 50 == 0: target_net.load_state_dict(q_net.state_dict())
    wins.append(r > 0.5); eps = max(0.05, eps * 0.95)
print("METRIC", sum(wins[-30:]) / 30)
