"""The project's own files, as the house rules read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = (".py", ".html", ".css", ".js")


@cache
def project_files() -> list[Path]:
    """What git tracks or would track, relative to the root."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted(
        path for name in listed.split("\0") if name and (path := Path(name)) and (ROOT / path).is_file()
    )


def written_files() -> list[Path]:
    """What people wrote here: no migrations, nothing vendored."""
    strangers = {"migrations", "vendor"}
    return [path for path in project_files() if path.suffix in WRITTEN and strangers.isdisjoint(path.parts)]


def code() -> list[Path]:
    """The Python of the house itself, without its tests."""
    return [p for p in written_files() if p.suffix == ".py" and p.parts[0] == "aftersale" and not is_test(p)]


def is_test(path: Path) -> bool:
    return "tests" in path.parts


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


def must_be_none(found: list[str], advice: str) -> None:
    """Fail with each finding on a line of its own, under the advice."""
    if found:
        pytest.fail("\n    ".join([advice, *found]), pytrace=False)


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(tree(path))


def dotted(node: ast.AST) -> str:
    """`a.b.c` for such an expression, `` for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""
