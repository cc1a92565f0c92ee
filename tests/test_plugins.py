"""The words in which plugins are written."""

from study import plugins


def test_every_word_is_there_and_says_what_it_is() -> None:
    for name in plugins.__all__:
        assert getattr(plugins, name).__doc__, name
