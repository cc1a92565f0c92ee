"""QLAE (Hsu et al. 2023): each latent dimension takes the nearest of a few learned values."""

import torch

from study.models import Code, Encoder, Loss, bernoulli_nll
from study.plugins import Family, Setting


class Quantised(Encoder):
    def __init__(self, settings, n_features, generator):
        super().__init__()
        d = settings["latent_dim"]
        self.head = torch.nn.Parameter(torch.randn(n_features, d, generator=generator) / n_features**0.5)
        self.codebook = torch.nn.Parameter(torch.linspace(-1, 1, settings["levels"]).repeat(d, 1))

    def forward(self, features):
        exact = features.float() @ self.head
        nearest = (exact[:, :, None] - self.codebook).abs().argmin(dim=2)
        code = self.codebook.gather(1, nearest.T).T
        self.distance = ((exact - code.detach()) ** 2 + (exact.detach() - code) ** 2).sum(dim=1)
        return Code(exact + (code - exact).detach())  # the gradient goes straight through

    def sample(self, code, generator):
        return code.mean


class QLAE(Loss):
    def __init__(self, settings, generator):
        super().__init__()
        self.weight = settings["quantisation"]

    def forward(self, model, images, generator):
        reconstruction = bernoulli_nll(model.decode(model.encode(images).mean), images).mean()
        terms = {"reconstruction": reconstruction, "distance": model.encoder.distance.mean()}
        return {"loss": reconstruction + self.weight * terms["distance"], **terms}


SETTINGS = {"levels": Setting(int, 8, low=2, high=64, log=True), "quantisation": Setting(float, 1.0, low=0)}
FAMILIES = {"qlae": Family(Quantised, QLAE, SETTINGS)}
