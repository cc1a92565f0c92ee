"""Network architectures, one a file; every one of them serves every encoder."""

from models.networks.dcgan import DCGAN
from models.networks.fully_connected import FullyConnected
from models.networks.layers import BatchNorm, Network, float32_linear, linear
from models.networks.small_convolutional import SmallConvolutional

__all__ = ["DCGAN", "BatchNorm", "FullyConnected", "Network", "SmallConvolutional", "float32_linear", "linear"]
