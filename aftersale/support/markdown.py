"""A post's Markdown as HTML: no markup of the writer's own, no pictures, no link in disguise."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from aftersale.base.card_numbers.telling import removed_told

# Other pages of ours, the web, mail; `//host` and what browsers take for it are none of these.
_SAFE = re.compile(r"(?:https?://|mailto:|/[A-Za-z0-9])", re.IGNORECASE)
# What would be a mark anywhere in a line, a name for a sign, or a mark where a line begins.
_MARKS = re.compile(r"[\\`*_~\[\]<>|]|&(?=#?\w+;)|^[-+#]")
_LISTED = re.compile(r"^(\d+)(?=[.)])")
_HOST = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,}")


def html_of(body: str) -> SafeString:
    """What a page or a mail shows of `body`."""
    # Safe by construction: html=False escapes every tag that was typed, and links have passed `_SAFE`.
    html: str = _MARKDOWN.render(body)
    return mark_safe(removed_told(html))  # noqa: S308


def words_of(body: str) -> str:
    """The same as plain text on one line, without marks."""
    return " ".join(unescape(strip_tags(html_of(body))).split())


def as_text(words: str) -> str:
    """Somebody's words within Markdown: they stand there as they are, on one line, and mark nothing."""
    return _LISTED.sub(r"\1\\", _MARKS.sub(r"\\\g<0>", " ".join(words.split())))


def quoted(body: str) -> str:
    """`body` as the beginning of an answer to it."""
    return "".join(f"> {line}\n" for line in body.splitlines()) + "\n"


def _show_true_targets(state: StateCore) -> None:
    """Mark every link, and write its target behind words that name another host."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_told(token.children))


def _told(tokens: list[Token]) -> Iterator[Token]:
    target, words = "", ""
    for token in tokens:
        if token.type == "link_open":
            target, words = str(token.attrs["href"]), ""
            token.attrSet("rel", "nofollow ugc noopener")
        words += token.content
        yield token
        if token.type == "link_close" and _misleads(words, target):
            yield Token("text", "", 0, content=f" ({target})")


def _misleads(words: str, target: str) -> bool:
    named = _HOST.search(words)
    return (
        named is not None
        and named[0].lower() != (urlsplit(target).hostname or target.partition("@")[2]).lower()
    )


def _made() -> MarkdownIt:
    # Headings belong to the page; a picture from elsewhere tells its host who reads.
    made = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    made.disable(["image", "heading", "lheading", "html_block", "html_inline"])
    made.validateLink = lambda url: bool(_SAFE.match(url))  # type: ignore[method-assign]
    made.core.ruler.push("true_targets", _show_true_targets)
    return made


_MARKDOWN = _made()
