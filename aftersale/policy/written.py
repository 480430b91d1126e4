"""A policy as it is written: the texts of its clauses with their places, to point at in a finding."""

from collections.abc import Mapping
from typing import NamedTuple

from . import source
from .source import File, Section, Text


class Clause(NamedTuple):
    """A clause's texts: its id, its prose by paragraph, its `when`, and the names it overrides."""

    name: Text
    prose: tuple[Text, ...]
    when: Text
    overrides: tuple[Text, ...]


class Written(NamedTuple):
    """The texts of a document: its title, clauses by id, named conditions by name, promises, rules."""

    title: Text
    clauses: Mapping[str, Clause]
    words: Mapping[str, Text]
    promises: tuple[Text, ...]
    rules: tuple[Text, ...]


def as_written(name: str, text: str) -> Written:
    """The texts of a document that has been read without an error before."""
    root = source.read(File(name, text))
    parts = root.named("Clauses")
    clauses = {clause.name.value: clause for clause in map(_clause, parts.sections if parts else [])}
    words = dict(item.cut(" means ") for item in _items(root, "Words"))
    named = {word.value: meaning for word, meaning in words.items()}
    promises, rules = tuple(_items(root, "Promises")), tuple(_items(root, "Always true"))
    return Written(root.title, clauses, named, promises, rules)


def _items(root: Section, name: str) -> list[Text]:
    section = root.named(name)
    return section.items if section else []


def _clause(part: Section) -> Clause:
    lines = {item.value.partition(":")[0]: item for item in part.items}
    overrides = _names(lines["overrides"].cut(":")[1]) if "overrides" in lines else ()
    return Clause(part.title.cut(":")[0], tuple(part.paragraphs), lines["when"].cut(":")[1], overrides)


def _names(text: Text) -> tuple[Text, ...]:
    """The names between commas."""
    names, at = [], 0
    for name in text.value.split(","):
        names.append(text.part(at, at + len(name)).strip())
        at += len(name) + 1
    return tuple(names)
