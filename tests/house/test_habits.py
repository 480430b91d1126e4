"""Habits that keep the house from rotting, each as one search through its code."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.files import code, dotted, must_be_none, nodes, tree

SIGNALS = ("pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "request_finished")
# Where whatever fails must not stop the rest, or must not lose a mail.
CATCHES_ALL = (Path("aftersale/config/worker.py"), Path("aftersale/support/mail/delivering.py"))
# "path": why this file imports inside a function
LATE_IMPORTS: dict[str, str] = {}


def test_providers_are_asked_for_a_refund_in_one_place():
    asked = [
        f"{path}:{node.lineno}"
        for path in code()
        for node in nodes(path)
        if isinstance(node, ast.Call) and _calls_a_provider(node.func, "refund")
    ]
    assert len(asked) == (1 if _providers_can_refund() else 0), asked


def test_nothing_listens_to_signals():
    found = [
        f"{path}:{node.lineno}"
        for path in code()
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Call) and _listens(node)
    ]
    must_be_none(found, "call what should happen, where it should happen:")


def test_only_the_workers_loop_and_the_door_of_mail_catch_everything():
    found = [
        f"{path}:{node.lineno}"
        for path in code()
        if path not in CATCHES_ALL
        for node in nodes(path)
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node)
    ]
    must_be_none(found, "name the errors that the world can make:")


def test_imports_stand_at_the_top():
    found = [
        f"{path}:{node.lineno}"
        for path in code()
        if str(path) not in LATE_IMPORTS
        for node in _inside_functions(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    must_be_none(found, "a late import hides a cycle: pass it in, read it from below, or move it down:")


def _calls_a_provider(function: ast.expr, verb: str) -> bool:
    if not isinstance(function, ast.Attribute) or function.attr != verb:
        return False
    owner = function.value.func if isinstance(function.value, ast.Call) else function.value
    return "provider" in dotted(owner).rpartition(".")[2].lower()


def _providers_can_refund() -> bool:
    return any(
        isinstance(node, ast.FunctionDef) and node.name == "refund"
        for path in code()
        if path.parts[:3] == ("aftersale", "payments", "providers")
        for node in nodes(path)
    )


def _listens(node: ast.FunctionDef | ast.ClassDef | ast.Call) -> bool:
    if isinstance(node, ast.Call):
        return any(dotted(node.func).endswith(f"{signal}.connect") for signal in SIGNALS)
    made_by = [mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list]
    return any(dotted(mark).rpartition(".")[2] == "receiver" for mark in made_by)


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or dotted(kind) in ("Exception", "BaseException") for kind in kinds)


def _inside_functions(path: Path) -> Iterator[ast.AST]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ast.walk(node)
