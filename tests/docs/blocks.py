"""The pages of the documentation, and their fenced blocks one by one."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "benchmarks/*.md", "results/**/*.md")
    for path in ROOT.glob(pattern)
)
ORDER = (
    "README.md",
    "docs/running.md",
    "docs/search.md",
    "docs/paper.md",
    "docs/score_your_codes.md",
    "docs/tour.md",
    "docs/plugins.md",
    "docs/python.md",
)
"""Pages whose commands are run, one after the other: what a later one needs, an earlier one has made."""

FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: of which page, from which line on, in which language."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    def commands(self) -> list[str]:
        """The lines of a shell block, without comments."""
        lines = (re.sub(r"(^|\s+)# .*$", "", line.strip()) for line in self.text.splitlines())
        return [line for line in lines if line]


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    content = text(page)
    return [
        Block(page, content.count("\n", 0, found.start()) + 1, found[2], found[3]) for found in FENCED.finditer(content)
    ]


def prose(page: str) -> str:
    """A page without its fenced blocks."""
    return FENCED.sub("", text(page))


def shell_commands(page: str) -> list[str]:
    """Every command of a page's shell blocks."""
    return [command for block in blocks(page) if block.language == "sh" for command in block.commands()]


def module(command: str) -> str | None:
    """Of `python -m NAME …`, the name."""
    words = shlex.split(command)
    return words[2] if words[:2] == ["python", "-m"] else None
