"""A mail's HTML as the plain text that its reader saw.

The tokenizer is our own because the standard library's takes time with the square of some hostile input.
Here nothing is searched for twice: what is not closed ends the reading.
"""

import re
from collections import Counter
from html import unescape
from typing import NamedTuple

_DEEPEST_QUOTE = 10

_OPENING = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?""")
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|(?:font-size|max-height|opacity)\s*:\s*0(?:\.0+)?\s*(?:px|pt|em|%|;|!|$)",
    re.IGNORECASE,
)
_ENDLESS_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u2060]+")
_SPACES = re.compile(r"\s+")
_PLAIN_SPACE = " \t\n\r\f"

_UNSEEN = frozenset("head style script title template noscript object svg select iframe audio video".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_APART = frozenset("p h1 h2 h3 h4 h5 h6 ul ol dl pre table blockquote".split())
_BLOCKS = _APART | frozenset(
    "address article aside body center dd div dt fieldset figure footer form header html li main nav section"
    " tbody tfoot thead tr".split()
)
_CLOSES_ITSELF = frozenset("p li td th tr dd dt option".split())


def text_of_html(html: str) -> str:
    """Blocks as lines, quotes marked by `>`, links with their targets, nothing that was hidden."""
    reader = _Reader()
    reader.read(html)
    return reader.text()


class _Element(NamedTuple):
    name: str
    is_hidden: bool
    stands_apart: bool


class _Reader:
    """Follows the tags: `_line` is being written, `_lines` are done."""

    def __init__(self) -> None:
        self._open: list[_Element] = []
        self._names: Counter[str] = Counter()
        self._links: list[tuple[str, list[str]]] = []
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        self._wants_gap = False

    def read(self, html: str) -> None:
        at = 0
        while (tag := html.find("<", at)) >= 0:
            self._write(_unescaped(html[at:tag]))
            at = self._read_markup(html, tag)
        self._write(_unescaped(html[at:]))

    def text(self) -> str:
        self._break(gap=False)
        told = "\n".join(f"{'>' * depth} {line}".rstrip() if depth else line for depth, line in self._lines)
        return re.sub(r"\n{3,}", "\n\n", told).strip("\n")

    def _read_markup(self, html: str, at: int) -> int:
        """Read what begins at `at`, and return where the text goes on."""
        if html.startswith(("<!", "<?"), at):
            return _after(html, "-->" if html.startswith("<!--", at) else ">", at + 2)
        tag = _OPENING.match(html, at)
        if tag is None:
            self._write("<")
            return at + 1
        name, end = tag[2].lower(), tag.end()
        attributes: dict[str, str] = {}
        while found := _ATTRIBUTE.match(html, end):
            attributes.setdefault(found[1].lower(), found[2] or "")
            end = found.end()
        end = _after(html, ">", end)
        if tag[1]:
            self._close(name)
            return end
        self._begin(name, {key: _unescaped(value.strip("\"'")) for key, value in attributes.items()})
        if name in _RAW:
            closing = _RAW[name].search(html, end)
            return closing.start() if closing else len(html)
        return end

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name in _BLOCKS:
            self._close("head")
        if name in _CLOSES_ITSELF and self._open and self._open[-1].name == name:
            self._close(name)
        hidden = self._is_hidden or name in _UNSEEN or _hides(attributes)
        apart = _stands_apart(name, attributes)
        if name in _BLOCKS or name == "hr":
            self._break(gap=apart or name == "hr")
        if name == "br" and not hidden:
            self._end_line()
        elif name == "img" and not hidden:
            self._write(attributes.get("alt", ""))
        if name in _VOID:
            return
        self._open.append(_Element(name, hidden, apart))
        self._names[name] += 1
        if name == "a":
            self._links.append((attributes.get("href", "").strip(), []))
        elif name in {"li", "td", "th"}:
            self._write("- " if name == "li" else " ")

    def _close(self, name: str) -> None:
        while self._names[name]:
            last = self._open[-1]
            if last.name == "a":
                self._show_target()
            if last.name in _BLOCKS:
                self._break(gap=last.stands_apart)
            self._open.pop()
            self._names[last.name] -= 1
            if last.name == name:
                return

    def _show_target(self) -> None:
        """Say where a link goes, unless its words say so."""
        target, words = self._links.pop()
        said = "".join(words).strip()
        leads_somewhere = target.lower().startswith(("http://", "https://", "mailto:"))
        if said and leads_somewhere and _bare(said) != _bare(target):
            self._write(f" ({target})")

    @property
    def _is_hidden(self) -> bool:
        return bool(self._open) and self._open[-1].is_hidden

    def _write(self, text: str) -> None:
        if not text or self._is_hidden:
            return
        if self._links:
            self._links[-1][1].append(text)
        if not self._names["pre"]:
            self._line.append(text)
            return
        first, *others = text.split("\n")
        self._line.append(first)
        for line in others:
            self._end_line()
            self._line.append(line)

    def _break(self, *, gap: bool) -> None:
        """Begin a new line, unless this one is empty; with a gap, after an empty one."""
        if "".join(self._line).strip(_PLAIN_SPACE):
            self._end_line()
        self._line.clear()
        self._wants_gap = self._wants_gap or gap

    def _end_line(self) -> None:
        words = "".join(self._line)
        line = words.rstrip() if self._names["pre"] else _SPACES.sub(" ", words).strip()
        line = line if _INVISIBLE.sub("", line).strip() else ""
        depth = min(self._names["blockquote"], _DEEPEST_QUOTE)
        if self._wants_gap and self._lines and line:
            self._lines.append((min(depth, self._lines[-1][0]), ""))
        self._wants_gap = False
        self._lines.append((depth, line))
        self._line.clear()


def _after(html: str, ending: str, at: int) -> int:
    end = html.find(ending, at)
    return end + len(ending) if end >= 0 else len(html)


def _unescaped(text: str) -> str:
    return unescape(_ENDLESS_NUMBER.sub("\ufffd", text)) if "&" in text else text


def _hides(attributes: dict[str, str]) -> bool:
    return "hidden" in attributes or bool(_HIDING.search(attributes.get("style", "")))


def _stands_apart(name: str, attributes: dict[str, str]) -> bool:
    # Outlook makes a paragraph of every line, and of every empty line too.
    return name in _APART and "MsoNormal" not in attributes.get("class", "")


def _bare(address: str) -> str:
    """An address as people write it."""
    return re.sub(r"^(?:https?://(?:www\.)?|mailto:)", "", address.strip().lower()).rstrip("/")
