"""The customers' page of a policy, made from the document: its parts first, then as Markdown or HTML.

What a customer's page must never say is something that the decisions do not: so the clauses are the
document's own, and what a means of payment gives is asked of the tree.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from typing import NamedTuple

from .errors import FactsError
from .policy import Policy, Told


class Labels(NamedTuple):
    """What a language puts around the document's own words."""

    in_force: str
    contents: str
    facts: str
    outcomes: str
    clause_end: str
    sure: str
    between: str


_LABELS = {
    "en": Labels(
        "In force from {day}.",
        "Contents",
        "What is looked at",
        "What can happen",
        "What you get: {meaning}. {next_step}",
        "{value}: {best}",
        "{value}: at best {best}, at worst {worst}",
    ),
    "zh-hans": Labels(
        "自 {day} 起生效。",
        "目录",
        "看哪些事实",
        "可能的结果",
        "结果：{meaning}。{next_step}",
        "{value}：{best}",
        "{value}：最好是{best}，最坏是{worst}",
    ),
}
_FRONT_LINE = re.compile(r"(?:(?:In force from|Counted in) [\w-]+\.?\s*)+")
_INLINE = (
    (re.compile(r"\*\*(\S(?:.*?\S)?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*(\S(?:.*?\S)?)\*"), r"<em>\1</em>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\[([^\]]+)\]\(((?:https?://|/|#)[^\s()]*)\)"), r'<a href="\2">\1</a>'),
)


class ClauseTold(NamedTuple):
    """A clause for customers; `anchor` is the fragment that an answer links to: the clause's id."""

    anchor: str
    title: str
    paragraphs: tuple[str, ...]
    outcome: str
    meaning: str
    next_step: str


class OutcomeTold(NamedTuple):
    """What can happen, kindest first, and what happens next."""

    name: str
    meaning: str
    next_step: str


class Page(NamedTuple):
    """The parts of the customers' page in one language."""

    language: str
    title: str
    in_force_from: date
    intro: tuple[str, ...]
    contents: tuple[tuple[str, str], ...]
    clauses: tuple[ClauseTold, ...]
    facts: tuple[tuple[str, str], ...]
    outcomes: tuple[OutcomeTold, ...]
    version: str

    def markdown(self) -> str:
        """The page as a Markdown document."""
        return "\n\n".join(_markdown(self)) + "\n"

    def html(self) -> str:
        """The page as a fragment of HTML, every text escaped."""
        return "\n".join(_html(self)) + "\n"


class Possible(NamedTuple):
    """An outcome that can happen, in words, and the clauses that can bring it: (id, title, prose)."""

    outcome: str
    meaning: str
    clauses: tuple[tuple[str, str, str], ...]


class Right(NamedTuple):
    """The best and the worst that can happen for one value of a fact; equal where only one thing can."""

    value: str
    best: Possible
    worst: Possible


def page_of(policy: Policy, language: str = "en") -> Page:
    """The customers' page in a language; English where there is no translation."""
    clauses = tuple(
        ClauseTold(
            clause.id,
            policy.clause_title(clause.id, language),
            tuple(policy.because(clause.id, language).split("\n\n")),
            clause.then,
            *policy.told_outcome(clause.then, language),
        )
        for clause in policy.clauses.values()
    )
    outcomes = sorted(policy.outcomes, key=lambda name: -policy.outcomes[name].rank)
    return Page(
        policy.spoken(language),
        policy.told_title(language),
        policy.in_force_from,
        tuple(p for p in policy.intro(language) if not _FRONT_LINE.fullmatch(p)),
        tuple((clause.anchor, clause.title) for clause in clauses),
        clauses,
        tuple((name, policy.fact_meaning(name, language)) for name in policy.facts),
        tuple(OutcomeTold(name, *policy.told_outcome(name, language)) for name in outcomes),
        policy.hash,
    )


def rights(policy: Policy, fixed: Told, by: str, language: str = "en") -> tuple[Right, ...]:
    """For each value of the fact `by`, the best and the worst that can happen while the fixed facts stand.

    All orders that the world allows are looked at, so a page that offers a means of payment can say what it
    means before it is used. Values that no order can have are left out. Raises FactsError, and KeyError when
    `by` is no choice of this policy.
    """
    fact = policy.facts[by]
    if fact.kind not in ("one of", "yes or no"):
        raise KeyError(by)
    values: Sequence[str | bool] = fact.values or (True, False)
    found = []
    for value in values:
        try:
            clauses = policy.clauses_left({**fixed, by: value})
        except FactsError as error:
            if not error.rule:
                raise
            continue
        names = {policy.clauses[name].then for name in clauses}
        outcomes = sorted(names, key=lambda name: policy.outcomes[name].rank)
        if outcomes:
            worst, best = (_possible(policy, o, clauses, language) for o in (outcomes[0], outcomes[-1]))
            found.append(Right(policy.told_value(value, language), best, worst))
    return tuple(found)


def told_right(right: Right, language: str = "en") -> str:
    """A right in one sentence without its full stop, such as `unwanted: no refund`."""
    labels = _LABELS.get(language.lower(), _LABELS["en"])
    form = labels.sure if right.best == right.worst else labels.between
    return form.format(value=right.value, best=right.best.meaning, worst=right.worst.meaning)


def _possible(policy: Policy, outcome: str, clauses: Sequence[str], language: str) -> Possible:
    told = tuple(
        (name, policy.clause_title(name, language), policy.because(name, language))
        for name in clauses
        if policy.clauses[name].then == outcome
    )
    return Possible(outcome, policy.outcome_meaning(outcome, language), told)


def _markdown(page: Page) -> Iterator[str]:
    """The page's blocks as Markdown."""
    labels = _LABELS.get(page.language, _LABELS["en"])
    yield f"# {page.title}"
    yield labels.in_force.format(day=page.in_force_from.isoformat())
    yield from page.intro
    yield f"## {labels.contents}"
    yield "\n".join(f"- [{title}](#{anchor})" for anchor, title in page.contents)
    for clause in page.clauses:
        yield f'<a id="{clause.anchor}"></a>\n\n## {clause.title}'
        yield from clause.paragraphs
        yield labels.clause_end.format(meaning=clause.meaning, next_step=clause.next_step)
    yield f"## {labels.outcomes}"
    yield "\n".join(f"- **{one.meaning}**: {one.next_step}" for one in page.outcomes)
    yield f"## {labels.facts}"
    yield "\n".join(f"- {meaning}" for _, meaning in page.facts)


def _html(page: Page) -> Iterator[str]:
    """The page's elements as HTML."""
    labels = _LABELS.get(page.language, _LABELS["en"])
    yield f"<h1>{_inline(page.title)}</h1>"
    yield f"<p>{_inline(labels.in_force.format(day=page.in_force_from.isoformat()))}</p>"
    yield from (f"<p>{_inline(paragraph)}</p>" for paragraph in page.intro)
    links = "".join(
        f'<li><a href="#{escape(anchor)}">{_inline(title)}</a></li>' for anchor, title in page.contents
    )
    yield f"<nav><h2>{labels.contents}</h2><ul>{links}</ul></nav>"
    for clause in page.clauses:
        yield f'<section id="{escape(clause.anchor)}"><h2>{_inline(clause.title)}</h2>'
        yield from (f"<p>{_inline(paragraph)}</p>" for paragraph in clause.paragraphs)
        end = labels.clause_end.format(meaning=clause.meaning, next_step=clause.next_step)
        yield f"<p>{_inline(end)}</p></section>"
    told = "".join(
        f"<dt>{_inline(one.meaning)}</dt><dd>{_inline(one.next_step)}</dd>" for one in page.outcomes
    )
    yield f"<h2>{labels.outcomes}</h2><dl>{told}</dl>"
    meanings = "".join(f"<li>{_inline(meaning)}</li>" for _, meaning in page.facts)
    yield f"<h2>{labels.facts}</h2><ul>{meanings}</ul>"


def _inline(text: str) -> str:
    """Text for HTML: escaped, with Markdown's emphasis, code and links."""
    text = escape(text)
    for pattern, put in _INLINE:
        text = pattern.sub(put, text)
    return text
