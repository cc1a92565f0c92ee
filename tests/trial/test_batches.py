"""Batches of a step: the same images whether a copy of all lies on the device or each batch is sent there."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from study.data.dataset import Encoding, Images
from study.trial import batches
from study.trial.batches import Batches, fits

SHAPE = (3, 2, 8)
N = 30


def stored(encoding: Encoding) -> Images:
    random = np.random.default_rng(0)
    if encoding == "float32":
        return Images(random.random((N, 48), dtype=np.float32), encoding, SHAPE)
    return Images(random.integers(0, 256, (N, 6 if encoding == "bits" else 48), dtype=np.uint8), encoding, SHAPE)


@pytest.mark.parametrize("copied", [True, False])
@pytest.mark.parametrize("encoding", ["bits", "uint8", "float32"])
def test_images_are_those_that_were_put(encoding: Encoding, copied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "fits", lambda images, device: copied)
    images = stored(encoding)
    incoming = Batches(images, 4, torch.device("cpu"))
    for indices in ([3, 1, 2, 29], [0, 5, 7, 6]):
        incoming.put(np.array(indices))
        assert torch.equal(incoming.images(), images.batch(np.array(indices)))


@pytest.mark.parametrize("copied", [True, False])
def test_what_a_captured_step_reads_stays_where_it_is(copied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "fits", lambda images, device: copied)
    incoming = Batches(stored("uint8"), 4, torch.device("cpu"))
    places = set()
    for start in range(5):
        incoming.put(np.arange(start, start + 4))
        places.add(incoming._next.data_ptr())
    assert len(places) == 1


@pytest.mark.parametrize(("memory", "expected"), [(16 * N * 48, True), (16 * N * 48 - 1, False)])
def test_a_copy_may_take_a_sixteenth_of_a_gpu(memory: int, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: SimpleNamespace(total_memory=memory))
    assert fits(stored("uint8"), torch.device("cuda")) is expected
    assert fits(stored("uint8"), torch.device("cpu"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("encoding", ["bits", "uint8", "float32"])
def test_on_a_gpu_both_ways_give_the_same(encoding: Encoding, monkeypatch: pytest.MonkeyPatch) -> None:
    images, device = stored(encoding), torch.device("cuda")
    for copied in (True, False):
        monkeypatch.setattr(batches, "fits", lambda images, device, copied=copied: copied)
        incoming = Batches(images, 4, device)
        for start in range(20):
            incoming.put(np.arange(start, start + 4))
            assert torch.equal(incoming.images(), images.batch(np.arange(start, start + 4), device))
