"""Whatever is done to a document, it is read or refused by a named error; and it never decides by half."""

import contextlib
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from aftersale.policy import DocumentError, Policy, PolicyError

from .houses import ORDER, clause, deciding, example, marketplace, small

TEXT = small(
    clause("kind", "in time and (tender is card or not opened)", "refund", "- overrides: hard")
    + clause("hard", "opened or not opened", "deny")
    + example("card | 1 | no | refund"),
    rest="## Words\n\n- in time means days at most 60\n\n## Always true\n\n- opened implies days is known\n\n"
    "## Promises\n\n- fewer days never pays less; waived because it is a test\n",
)
PIECES = re.findall(r"\w+|\s+|[^\w\s]", TEXT)
WORDS = st.sampled_from(
    "and or not is one of known absent at most least more less than within days before after on rounded"
    " down up half implies ( ) , + - % = != <= >= 1 60 2026-01-01 tender card days opened paid sent"
    " in time".split()
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    pieces = list(PIECES)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(pieces) - 1))
        change = draw(st.sampled_from(["drop", "double", "swap", "word", "text"]))
        if change == "drop":
            del pieces[place : place + draw(st.integers(1, 20))]
        elif change == "double":
            pieces[place:place] = pieces[place : place + 9]
        elif change == "swap":
            other = draw(st.integers(0, len(pieces) - 1))
            pieces[place], pieces[other] = pieces[other], pieces[place]
        else:
            pieces[place] = draw(WORDS if change == "word" else st.text(max_size=4))
        pieces = pieces or ["x"]
    return "".join(pieces)


def _try(text: str) -> None:
    with contextlib.suppress(PolicyError):
        policy = Policy.parse(text)
        assert policy.hash
        policy.partial({})
        policy.decide({"tender": "card", "days": 5, "opened": False})


@settings(max_examples=300)
@given(mutated())
def test_a_mutated_document_is_read_or_refused(text: str) -> None:
    _try(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    _try(text)


@settings(max_examples=300)
@given(st.lists(WORDS, min_size=1, max_size=12))
def test_any_row_of_words_is_a_condition_or_refused(words: list[str]) -> None:
    facts = "| paid | money in EUR | price |\n| sent | date, may be absent | when |\n"
    with contextlib.suppress(DocumentError):
        deciding(" ".join(words), facts, "## Words\n\n- in time means days at most 60\n")


@given(st.integers(0, 4_000))
def test_brackets_and_nots_without_end_are_refused_or_read(depth: int) -> None:
    for when in ("(" * depth + "opened" + ")" * depth, "not " * depth + "opened", "-" * depth + "1 < days"):
        with contextlib.suppress(DocumentError):
            deciding(when)


@given(
    st.dictionaries(
        st.sampled_from(sorted(ORDER)) | st.text(), st.none() | st.booleans() | st.integers() | st.text()
    )
)
def test_any_facts_are_decided_or_refused(facts: dict[str, object]) -> None:
    with contextlib.suppress(PolicyError):
        marketplace().decide({**ORDER, **facts})
