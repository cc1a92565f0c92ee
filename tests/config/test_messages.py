"""Values and keys as they are shown in a sentence: short, whatever was given."""

from study.config.messages import received, shortened


def test_a_long_value_is_shown_by_its_beginning_and_its_end() -> None:
    assert received(0.5) == "0.5"
    assert received("wae") == "'wae'"
    assert len(received("x" * 10_000)) <= 60
    assert received([[[[1]]]]) == "[[[...]]]"
    assert received(10**5000) == "a number of thousands of digits"


def test_a_long_key_is_shown_by_its_beginning() -> None:
    assert shortened("latent_dim") == "latent_dim"
    assert shortened("x" * 300, 10) == "xxxxxxx..."
