"""Links of the documentation lead somewhere: files that are there, and headings that are in them."""

import re
from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, ROOT, prose

LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:benchmarks|deploy|docs|examples|models|results|search_spaces|study|tests)/[\w./*-]+)`")
"""A file or folder of ours that stands in code quotes, patterns included."""


def anchors(page: Path) -> set[str]:
    """What a link can end with after `#`: headings in lower case, without punctuation, with hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", prose(page.relative_to(ROOT).as_posix()), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_lead_to_files_and_headings(page: str) -> None:
    for link in LINK.findall(prose(page)):
        if re.match(r"https?://|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), f"{page}: {link} leads nowhere"
        if anchor:
            assert anchor in anchors(target.resolve()), f"{page}: {path or page} has no heading {anchor}"


MADE_BY_THE_READER = {"deploy/.env"}


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_are_there(page: str) -> None:
    for name in NAMED.findall(prose(page)):
        if name not in MADE_BY_THE_READER:
            assert list(ROOT.glob(name.rstrip("/"))), f"{page}: {name} is not there"


def test_every_page_is_reached_from_the_readme_or_the_landing_page() -> None:
    reached: set[str] = set()
    waiting = ["README.md", "docs/index.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for link in LINK.findall(prose(page)):
            target = ((ROOT / page).parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_relative_to(ROOT):
                name = target.relative_to(ROOT).as_posix()
                if name not in reached:
                    waiting.append(name)
    assert set(PAGES) <= reached
