"""The regularised auto-encoder of Ghosh et al. 2020 with a gradient penalty, as pythae has it."""

from pythae.models import RAE_GP, RAE_GP_Config
from pythae.models.base.base_utils import ModelOutput

from study.models import Code, Encoder, Loss, Network
from study.plugins import Architecture, Family, Setting


class Pythae(Network):
    def __init__(self, settings, image_shape, generator):
        super().__init__()
        given = {name: settings[name] for name in ("latent_dim", *OWN)}
        self.rae, self.n_features = RAE_GP(RAE_GP_Config(input_dim=image_shape, **given)), given["latent_dim"]

    def trunk(self, images):
        return self.rae.encoder(images).embedding

    def decoder(self, codes):
        return self.rae.decoder(codes).reconstruction.float().logit(eps=1e-6)


class Unchanged(Encoder):
    def forward(self, features):
        return Code(features.float())

    def sample(self, code, generator):
        return code.mean


class OfPythae(Loss):
    def forward(self, model, images, generator):
        found = model.network.rae(ModelOutput(data=images))
        return {"loss": found.loss, "squared_error": found.recon_loss, "embedding": found.embedding_loss}


OWN = {"embedding_weight": Setting(float, 1e-4, low=0, log=True), "reg_weight": Setting(float, 1e-7, low=0, log=True)}
NETWORKS = {"pythae": Architecture(Pythae)}
FAMILIES = {"rae": Family(Unchanged, OfPythae, OWN, network="pythae")}
