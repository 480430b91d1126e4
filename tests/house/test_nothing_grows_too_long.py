"""The ratchet: nothing small grows across these lines; what is in a list has a reason, and may only shrink.

A test may be a longer function: a story is told in one piece. Its file may not. Lines are the linter's.
"""

import ast
from pathlib import Path

from tests.house.files import code, must_be_none, nodes, text, written_files

LONGEST_FUNCTION = 40
LONGEST_FILE = 400

# "path": (lines allowed, why it is so long)
LONGER_FILES: dict[str, tuple[int, str]] = {}
# "path:function": (lines allowed, why it is so long)
LONGER_FUNCTIONS: dict[str, tuple[int, str]] = {}


def test_no_file_is_too_long():
    lengths = {str(path): text(path).count("\n") for path in written_files()}
    must_be_none(_too_long(lengths, LONGEST_FILE, LONGER_FILES), "cut it where it has a seam:")


def test_no_function_is_too_long():
    must_be_none(
        _too_long(_function_lengths(), LONGEST_FUNCTION, LONGER_FUNCTIONS), "cut it where it has a seam:"
    )


def test_what_is_excused_has_a_reason_and_is_still_too_long():
    assert all(reason for _, reason in [*LONGER_FILES.values(), *LONGER_FUNCTIONS.values()])
    functions = _function_lengths()
    found = [name for name in LONGER_FILES if text(Path(name)).count("\n") <= LONGEST_FILE]
    found += [name for name in LONGER_FUNCTIONS if functions.get(name, 0) <= LONGEST_FUNCTION]
    must_be_none(found, "it is short again: take it off the list:")


def _function_lengths() -> dict[str, int]:
    lengths: dict[str, int] = {}
    for path in code():
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                name = f"{path}:{node.name}"
                lengths[name] = max(lengths.get(name, 0), node.end_lineno - node.lineno + 1)
    return lengths


def _too_long(lengths: dict[str, int], limit: int, excused: dict[str, tuple[int, str]]) -> list[str]:
    allowed = {name: lines for name, (lines, _) in excused.items()}
    return [
        f"{name}: {lines} lines, {allowed.get(name, limit)} are allowed"
        for name, lines in lengths.items()
        if lines > allowed.get(name, limit)
    ]
