"""Network architectures, one a file; every one of them serves every encoder."""

from study.models.networks.dcgan import DCGAN
from study.models.networks.fully_connected import FullyConnected
from study.models.networks.layers import BatchNorm, Network, float32_linear, linear
from study.models.networks.small_convolutional import SmallConvolutional

__all__ = ["DCGAN", "BatchNorm", "FullyConnected", "Network", "SmallConvolutional", "float32_linear", "linear"]
