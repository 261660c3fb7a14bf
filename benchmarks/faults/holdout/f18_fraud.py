import torch
import torch.nn as nn
from sklearn.datasets import make_classification
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(18)
X, y = make_classification(n_samples=4000, n_features=20, n_informative=4, weights=[0.985], class_sep=0.7, random_state=18)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=1)
scaler = StandardScaler()
X_train = torch.tensor(scaler.fit_transform(X_train)).float()
X_test = torch.tensor(scaler.transform(X_test)).float()
y_train = torch.tensor(y_train).float().unsqueeze(1)
loader = DataLoader(TensorDataset(X_train, y_train), batch_size=64, shuffle=True)
model = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(8):
    correct = 0
    for xb, yb in loader:
        optimizer.zero_grad()
        out = model(xb)
        loss = criterion(out, yb)
        loss.backward()
        optimizer.step()
        correct += ((out > 0).float() == yb).sum().item()
    print(f"epoch {epoch} accuracy {correct / len(X_train):.3f}")
print("fraud recall", recall_score(y_test, (model(X_test) > 0).int().numpy().ravel()))
