"""Parameter: which values it gives, at known answers."""

import pytest

from study.config.parameter import Parameter

CHOICES = Parameter(choices=(8, 16), when={"family": "vae"})
RANGE = Parameter(low=0.1, high=12, log=True, zero=0.1)
WHOLE = Parameter(low=2, high=5, integer=True)


def test_it_exists_beside_the_values_that_it_names() -> None:
    assert CHOICES.exists({"family": "vae"})
    assert not CHOICES.exists({"family": "beta-vae"})
    assert not CHOICES.exists({})
    assert RANGE.exists({})


def test_a_value_comes_back_as_the_parameter_gives_it() -> None:
    assert [type(CHOICES.checked(8.0)), type(WHOLE.checked(3.0)), type(RANGE.checked(3))] == [int, int, float]
    assert RANGE.checked(0) == 0.0
    for parameter, value, allowed in (
        (CHOICES, 9, "8, 16"),
        (CHOICES, True, "8, 16"),
        (RANGE, 13, "0.1 to 12, and 0"),
        (WHOLE, 2.5, "whole numbers 2 to 5"),
    ):
        with pytest.raises(ValueError, match=f"received {value}; allowed are {allowed}$"):
            parameter.checked(value)


def test_a_single_value_of_a_range_has_no_chance() -> None:
    assert CHOICES.takes(16)
    assert not CHOICES.takes(9)
    assert RANGE.takes(0)
    assert not RANGE.takes(0.5)
    assert WHOLE.takes(3)
    assert not WHOLE.takes(6)
    assert not WHOLE.takes(True)


def test_the_ends_of_a_range_are_with_its_zero() -> None:
    assert CHOICES.ends() == (8, 16)
    assert RANGE.ends() == (0.1, 12, 0.0)
    assert WHOLE.ends() == (2, 5)
