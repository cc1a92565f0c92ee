"""Damaged files made from sound ones: of bytes, of lines and words, and of the values that YAML and JSON hold.

Everything is drawn from a `random.Random` that the caller seeds, so that a case has the same damage each time.
"""

import copy
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

WORD = re.compile(r"[^\s{}\[\],:]+")

ODD_WORDS = (
    *("", "~", "null", "true", "no", "-1", "0", "-0.0", "1e-320", "1e308", "1e400", "-1e999", ".nan", ".inf", "-.inf"),
    *("NaN", "0x1F", "0o17", "1:30", "1_000", "'8'", '"8"', "9" * 30, "9" * 400, "9" * 5000, "0x" + "f" * 5000),
    *("[]", "{}", "[[]]", "[1, [2]]", "{choices: []}", "{a: {b: {c: 1}}}", "[" * 300 + "]" * 300, "{" * 50, "- -"),
    *("2024-01-01", "2024-13-45", "2024-01-01T00:00:00Z", "!!binary aGk=", "!!set {a}", "!!omap [a: 1]", "!!map 3"),
    *("!!python/name:os.system", "!!python/object/apply:os.system [exit]", "!!python/tuple [1]", "!mine x"),
    *("*a", "&a x", "&a [*a]", "&a {<<: *a}", "<<", "<<: {a: 1}", "? x", "|", ">", "%YAML 1.3", "---", "...", "@", "`"),
    *("../x", "../../../etc/passwd", "/etc/passwd", "a/b", "a\\b", "C:\\x", ".", "..", "-rf", "~root", "$HOME"),
    *("x" * 300, "x" * 100_000, "\t", "\x00", "\x07", "\x1b[31m", "\ufeff", "\u2028", "\u202e", "\U0001f600", "é", "٣"),
    *('"\\ud800"', '"\\0"', '"\\x1b[2J"', '"a\\nb"', "{{7*7}}", "<script>", "'; DROP TABLE trials; --", "%s%n", "{0}"),
)
"""What takes the place of a word: other types, numbers that are none, tags that would make objects, paths, markup."""

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 2, 0.5, -0.0, 5e-324, 1e308, float("inf"), float("-inf"), float("nan")),
    *(2**31, 2**63, 10**30, 10**400, -(10**30), "", "x", "8", "../x", "/etc/passwd", "nan", "\x00", "\ud800", "a\nb"),
    *("x" * 5000, [], {}, [[]], [None], [1, [2]], {"": 1}, {"a": {"b": None}}, ["../x"], {"trial": [1]}),
)
"""What takes the place of a value of any type."""


def bytes_of(content: bytes, rng: random.Random) -> bytes:
    """One to three damages of bytes, such as disks, transfers and editors do."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        content = rng.choice(BYTES)(content, rng)
    return content


def _place(content: bytes, rng: random.Random) -> int:
    return rng.randrange(len(content) + 1)


def _range(content: bytes, rng: random.Random) -> tuple[int, int]:
    start = _place(content, rng)
    return start, min(len(content), start + rng.choice((1, 2, 16, 512, 4096)))


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: _place(content, rng)]


def _without_start(content: bytes, rng: random.Random) -> bytes:
    return content[_place(content, rng) :]


def _flipped(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice((1, 8, 64)) if content else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _inserted(content: bytes, rng: random.Random) -> bytes:
    odd = (b"\x00", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\t", b"\r", b"\x1b[2J", b"\n\n")
    at = _place(content, rng)
    return content[:at] + rng.choice(odd) * rng.choice((1, 1, 3, 1000)) + content[at:]


def _zeros(content: bytes, rng: random.Random) -> bytes:
    start, end = _range(content, rng)
    return content[:start] + bytes(end - start) + content[end:]


def _deleted(content: bytes, rng: random.Random) -> bytes:
    start, end = _range(content, rng)
    return content[:start] + content[end:]


def _repeated(content: bytes, rng: random.Random) -> bytes:
    start, end = _range(content, rng)
    return content[:end] + content[start:end] * rng.choice((1, 2, 20)) + content[end:]


def _noise(content: bytes, rng: random.Random) -> bytes:
    start, end = _range(content, rng)
    return content[:start] + rng.randbytes(end - start) + content[end:]


def _marked(content: bytes, rng: random.Random) -> bytes:
    return rng.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"PK\x03\x04", b"\x80\x04", b"#!")) + content


def _longer(content: bytes, rng: random.Random) -> bytes:
    return content + rng.choice((b"\x00" * 4096, b"x" * 100_000, content, b"\n" * 1000, rng.randbytes(100)))


def _recoded(content: bytes, rng: random.Random) -> bytes:
    return content.decode("latin-1").encode(rng.choice(("utf-16", "utf-32", "utf-8")))


BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_cut, _without_start, _flipped, _flipped, _inserted, _inserted, _zeros, _deleted, _repeated, _noise, _marked),
    *(_longer, _recoded),
)


def text_of(text: str, rng: random.Random, odd: tuple[str, ...] = ODD_WORDS) -> str:
    """One to three damages of lines and words, such as people do. `odd` is what may take the place of a word."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        lines = text.split("\n")
        at = rng.randrange(len(lines))
        match rng.choice(("word", "word", "word", "value", "delete", "repeat", "swap", "cut", "indent", "other word")):
            case "word" | "other word" as how:
                if words := list(WORD.finditer(lines[at])):
                    word = rng.choice(words)
                    new = rng.choice(odd if how == "word" else WORD.findall(text) or odd)
                    lines[at] = lines[at][: word.start()] + new + lines[at][word.end() :]
            case "value":
                lines[at] = f"{lines[at].partition(':')[0]}: {rng.choice(odd)}"
            case "delete":
                del lines[at]
            case "repeat":
                lines.insert(rng.randrange(len(lines) + 1), lines[at])
            case "swap":
                other = rng.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case "cut":
                lines[at] = lines[at][: rng.randrange(len(lines[at]) + 1)]
            case "indent":
                lines[at] = rng.choice((" ", "    ", "\t", "\xa0", "- ", "# ")) + lines[at]
        text = "\n".join(lines) or "\n"
    return text


def value_of(value: Any, rng: random.Random, odd: tuple[Any, ...] = ODD_VALUES) -> Any:
    """One to three damages of a value of dictionaries and lists: keys and entries lost, doubled, renamed, retyped."""
    value = copy.deepcopy(value)
    for _ in range(rng.choice((1, 1, 2, 3))):
        places = list(_places(value))
        if not places:
            return copy.deepcopy(rng.choice(odd))
        holder, key = rng.choice(places)
        match rng.choice(("odd", "odd", "odd", "delete", "swap", "rename", "deep", "wrap", "many")):
            case "odd":
                holder[key] = copy.deepcopy(rng.choice(odd))
            case "delete":
                del holder[key]
            case "swap":
                other, there = rng.choice(places)
                holder[key], other[there] = copy.deepcopy(other[there]), copy.deepcopy(holder[key])
            case "rename" if isinstance(holder, dict):
                names = ("", "x", "../x", "a b", "trial", "family", "\ud800", "x" * 300, 5, None)
                holder[rng.choice(names)] = holder.pop(key)
            case "deep":
                deep = holder[key]
                for _ in range(rng.choice((1, 10, 90))):
                    deep = [deep] if rng.random() < 0.5 else {"a": deep}
                holder[key] = deep
            case "wrap":
                holder[key] = {"choices": holder[key]}
            case "many":
                holder[key] = [holder[key]] * rng.choice((2, 20))
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every holder and key (or index) in a value, at whatever depth."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def as_yaml(value: Any) -> str:
    """A damaged value as a YAML file, with the numbers that Python itself does not print as hexadecimal ones."""
    return yaml.dump(value, Dumper=_AnyNumber, sort_keys=False, allow_unicode=True)


class _AnyNumber(yaml.SafeDumper):
    """Writes whole numbers of any size."""


def _whole(dumper: yaml.SafeDumper, value: int) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:int", hex(value))


_AnyNumber.add_representer(int, _whole)
