"""The part of Ray that a trial has: as many fit as are to run at once, node by node, and no more is left over."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.search.allocation import UNIT, Node, Resources, Share, share_of
from study.system.errors import InputError

HERE, THERE = Resources(), Resources(address="head:6379")


def fits(nodes: list[Node], share: Share) -> int:
    """How many trials Ray finds room for, counting as it does, in ten-thousandths."""
    cpus, gpus = round(share.cpus / UNIT), round(share.gpus / UNIT)
    return sum(
        min(
            round(node.cpus / UNIT) // cpus,
            round(node.gpus / UNIT) // gpus if gpus else 10**9,
        )
        for node in nodes
    )


@pytest.mark.parametrize(
    ("nodes", "resources", "expected"),
    [
        ([Node(2)], HERE, Share(2, 1, 0)),
        ([Node(2)], Resources(concurrent=1), Share(1, 2, 0)),
        ([Node(2)], Resources(concurrent=3), Share(3, 0.6666, 0)),  # rounded up, only two would fit
        ([Node(0.5)], HERE, Share(1, 0.5, 0)),
        ([Node(8, 1)], HERE, Share(1, 8, 1)),
        ([Node(8, 1)], Resources(gpus_per_trial=0.25), Share(4, 2, 0.25)),
        ([Node(8, 1)], Resources(gpus_per_trial=0), Share(8, 1, 0)),
        ([Node(8, 2)], Resources(gpus_per_trial=0.5, concurrent=2), Share(2, 4, 0.5)),
        ([Node(8, 1)], Resources(gpus_per_trial=0.5, concurrent=16), Share(2, 4, 0.5)),  # more cannot have that much
        ([Node(4), Node(4)], Resources("head:6379", 8), Share(8, 1, 0)),
        ([Node(5), Node(3)], Resources("head:6379", 4), Share(4, 1.6666, 0)),  # of a mean 2, only three would find room
        # a head without a GPU: its cores are no use to trials that have one
        ([Node(16), Node(8, 1), Node(8, 1)], Resources("head:6379", None, 0.5), Share(None, 4, 0.5)),
        ([Node(4), Node(4)], THERE, Share(None, 1, 0)),
        ([Node(0), Node(4)], THERE, Share(None, 1, 0)),
    ],
)
def test_known_shares(nodes: list[Node], resources: Resources, expected: Share) -> None:
    share = share_of(nodes, resources)
    assert (share.concurrent, share.gpus) == (expected.concurrent, expected.gpus)
    assert share.cpus == pytest.approx(expected.cpus, abs=UNIT / 10)


@given(
    st.lists(st.builds(Node, st.integers(1, 64), st.integers(0, 8)), min_size=1, max_size=6),
    st.one_of(st.none(), st.integers(1, 40)),
    st.sampled_from([None, 0, 0.1, 0.25, 1 / 3, 0.5, 1]),
)
def test_as_many_fit_as_are_to_run_at_once(nodes: list[Node], concurrent: int | None, gpus: float | None) -> None:
    if gpus and not any(node.gpus for node in nodes):
        return
    share = share_of(nodes, Resources(None, concurrent, gpus))
    assert share.concurrent is not None
    assert 0 < share.cpus <= max(node.cpus for node in nodes)
    assert fits(nodes, share) >= share.concurrent
    if concurrent is None or not share.gpus:
        more = Share(share.concurrent, share.cpus * 1.01 + 2 * UNIT, share.gpus)
        assert fits(nodes, more) < share.concurrent or math.isclose(share.cpus, max(node.cpus for node in nodes))


def test_a_trial_runs_on_one_node() -> None:
    with pytest.raises(InputError, match="--gpus-per-trial: received 2; the largest number on a node of Ray is 1"):
        share_of([Node(8, 1), Node(8, 1)], Resources("head:6379", None, 2))
    with pytest.raises(InputError, match="the largest number on a node of Ray is 0"):
        share_of([Node(8)], Resources(gpus_per_trial=0.5))
