"""A review as its page shows it: what stands against publishing, what changes, what it costs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aftersale.policy import DocumentError
from aftersale.policy.facts import word
from aftersale.returns.errors import Obstacle, ProofsBusy, ProofsMissing
from aftersale.returns.past import Priced
from aftersale.returns.publishing import Review, review

if TYPE_CHECKING:
    from aftersale.policy.check.finding import Example, Finding

_OBSTACLES: dict[str, Promise] = {
    "finding": gettext_lazy("A check has found something."),
    "example_failed": gettext_lazy("An example of the document does not come true."),
    "not_proved": gettext_lazy("The time ran out before every order was compared."),
    "same": gettext_lazy("Nothing would change: it says what a version says already."),
    "pays": gettext_lazy("An outcome pays in a way that the desk cannot pay."),
    "outcome": gettext_lazy("There is an outcome that the desk does not know."),
    "fact": gettext_lazy("The facts are not those that the desk knows of a return."),
    "language": gettext_lazy("A translation is missing that the version in force has."),
    "rule": gettext_lazy("The past breaks a rule that is said to be always true."),
    "past": gettext_lazy("Its first day is over."),
    "takes_today": gettext_lazy(
        "It takes something, and on its first day people order under the version in force: begin later."
    ),
    "meanwhile": gettext_lazy("On that day another version is in force than the one you compared with."),
    "unreadable": gettext_lazy("The document cannot be read."),
}
# These have sections of their own on the page.
_TOLD_ELSEWHERE = ("finding", "example_failed")
_FINDINGS: dict[str, Promise] = {
    "gap": gettext_lazy("A gap: no clause answers"),
    "conflict": gettext_lazy("A conflict: two clauses disagree"),
    "dead": gettext_lazy("A dead clause: it never matches"),
    "never-decisive": gettext_lazy("A clause that never decides"),
    "idle-override": gettext_lazy("An override without effect"),
    "promise-broken": gettext_lazy("A broken promise"),
    "prose-drift": gettext_lazy("The words and the condition differ"),
    "example-failed": gettext_lazy("An example that does not come true"),
}
_VERDICTS: dict[str, tuple[str, Promise]] = {
    "nothing": ("plain", gettext_lazy("Every order gets what it got before.")),
    "only gives more": ("good", gettext_lazy("It only gives more: no order gets less than before.")),
    "only takes": ("stop", gettext_lazy("It only takes: no order gets more than before.")),
    "both": ("wait", gettext_lazy("It gives some orders more and others less.")),
    "not proved": ("wait", gettext_lazy("Not every order could be compared in time.")),
}
_AT_ONCE = 8
_GIVES: dict[str, tuple[str, Promise]] = {
    "more": ("good", gettext_lazy("gives more")),
    "less": ("stop", gettext_lazy("takes")),
    "other": ("wait", gettext_lazy("changes")),
}


@dataclass(frozen=True, slots=True)
class ExampleShown:
    """The smallest order of its kind, as a table of the facts that make it so."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class FindingShown:
    title: str
    message: str
    line: int
    is_waived: bool
    example: ExampleShown | None
    suggest: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """Orders that come to something else, with the smallest of them."""

    tone: str
    gives: str
    old_clause: str
    old_outcome: str
    new_clause: str
    new_outcome: str
    example: ExampleShown


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """All that is known of a text, or why nothing is.

    `error`: it cannot be read; `missing`: it cannot be proved here; `busy`: not now.
    """

    error: str = ""
    line: int = 0
    missing: bool = False
    busy: bool = False
    obstacles: Sequence[str] = ()
    findings: Sequence[FindingShown] = ()
    waived: Sequence[FindingShown] = ()
    verdict: str = ""
    tone: str = "plain"
    changes: Sequence[ChangeShown] = ()
    notes: Sequence[str] = ()
    price: Priced | None = None
    base: str = ""
    sizes: Sequence[str] = field(default=())

    @property
    def first_findings(self) -> Sequence[FindingShown]:
        """As many as one reads; mending them often mends the others."""
        return self.findings[:_AT_ONCE]

    @property
    def more_findings(self) -> Sequence[FindingShown]:
        return self.findings[_AT_ONCE:]

    @property
    def is_clean(self) -> bool:
        return not (self.error or self.missing or self.busy or self.obstacles or self.findings)


def reviewed(text: str, translations: dict[str, str], *, on: date) -> ReviewShown:
    """The review of a text, whatever is wrong with it."""
    try:
        return review_shown(review(text, translations, on=on))
    except DocumentError as error:
        return ReviewShown(error=str(error), line=error.line)
    except ProofsMissing:
        return ReviewShown(missing=True)
    except ProofsBusy:
        return ReviewShown(busy=True)


def review_shown(found: Review) -> ReviewShown:
    tone, verdict = _VERDICTS[found.difference.verdict]
    others = [one for one in found.obstacles if one.code not in _TOLD_ELSEWHERE]
    return ReviewShown(
        obstacles=obstacles_told(others),
        findings=[finding_shown(one) for one in found.counting],
        waived=[finding_shown(one) for one in found.waived],
        verdict=str(verdict),
        tone=tone,
        changes=list(_changes(found)),
        notes=found.difference.notes,
        price=found.price,
        base=found.base.hash,
        sizes=sizes_of(found),
    )


def obstacles_told(obstacles: Sequence[Obstacle]) -> list[str]:
    """Each obstacle in the reader's words, with the document's own where there are any."""
    told = []
    for one in obstacles:
        words = str(_OBSTACLES[one.code])
        detail = one.code in (
            "pays",
            "outcome",
            "fact",
            "language",
            "unreadable",
            "takes_today",
            "rule",
            *_TOLD_ELSEWHERE,
        )
        told.append(f"{words} ({one.text})" if detail else words)
    return list(dict.fromkeys(told))


def verdict_words(verdict: str) -> str:
    """What a comparison of two versions came to, in words."""
    return str(_VERDICTS[verdict][1]) if verdict in _VERDICTS else ""


def sizes_of(found: Review) -> list[str]:
    """What was proved of how much: clauses, promises, examples."""
    policy = found.policy
    examples = sum(len(clause.examples) for clause in policy.clauses.values())
    counts = (len(policy.clauses), len(policy.promises), examples)
    return [
        ngettext("%(count)d clause", "%(count)d clauses", counts[0]) % {"count": counts[0]},
        ngettext("%(count)d promise", "%(count)d promises", counts[1]) % {"count": counts[1]},
        ngettext("%(count)d example", "%(count)d examples", counts[2]) % {"count": counts[2]},
    ]


def finding_shown(one: "Finding") -> FindingShown:
    title = str(_FINDINGS.get(one.code, one.code))
    if one.severity == "not proved":
        title = _("Not proved in time")
    example = example_shown(one.example) if one.example else None
    return FindingShown(title, one.message, one.where.line, not one.counts, example, one.suggest)


def example_shown(example: "Example") -> ExampleShown:
    """The facts that differ from an ordinary order; two rows where two orders are compared."""
    names = [name for name in example.facts if name in example.differing or name == example.fact]
    rows = [[word(example.facts[name]) for name in names]]
    if example.fact:
        rows.append([word(example.twin if name == example.fact else example.facts[name]) for name in names])
    return ExampleShown(names, rows, len(names) == len(example.facts))


def _changes(found: Review) -> Iterator[ChangeShown]:
    for change in found.difference.changes:
        tone, gives = _GIVES[change.gives]
        yield ChangeShown(
            tone,
            str(gives),
            change.old_clause,
            change.old_outcome,
            change.new_clause,
            change.new_outcome,
            example_shown(change.example),
        )
