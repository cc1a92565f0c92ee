"""docs/spaces.md has the table of all settings as the code declares them."""

from study.terminal.listing import setting_rows
from tests.docs.blocks import ROOT

HEAD = ("Setting", "Type", "Default", "Allowed", "Of", "What it is")


def table() -> str:
    """The table as it stands on the page."""
    rows = [
        (f"`{name}`", kind, default, allowed or "any", *rest) for name, kind, default, allowed, *rest in setting_rows()
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (HEAD, ("---",) * len(HEAD), *rows))


def test_the_page_has_every_setting_with_its_type_default_and_limits() -> None:
    page = (ROOT / "docs/spaces.md").read_text(encoding="utf-8")
    assert table() in page, f"docs/spaces.md should have this table:\n{table()}"
