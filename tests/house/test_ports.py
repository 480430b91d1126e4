"""Time, chance and the network come through the ports: that is why a story can be told again, to the day."""

import ast
from pathlib import Path

from tests.house.files import code, dotted, must_be_none, nodes

PORTS = Path("aftersale/base/ports.py")
MODULES = {
    "http.client",
    "httpx",
    "random",
    "requests",
    "secrets",
    "socket",
    "urllib.request",
    "urllib3",
    "uuid",
}
READINGS = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "os.urandom",
    "time.time",
    "time.time_ns",
    "timezone.localdate",
    "timezone.now",
}


def test_nothing_but_the_ports_reads_the_clock_draws_lots_or_calls_out():
    found = [
        f"{path}:{line}: {what}"
        for path in code()
        if path != PORTS and path.parts[:2] != ("aftersale", "config")
        for line, what in _outside(path)
    ]
    must_be_none(found, "pass in a clock or the ids of aftersale/base/ports.py:")


def _outside(path: Path) -> list[tuple[int, str]]:
    found = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names if _is_forbidden(alias.name)]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [(node.lineno, name) for name in names if _is_forbidden(name) or _is_reading(name)]
        elif isinstance(node, ast.Attribute) and _is_reading(dotted(node)):
            found.append((node.lineno, dotted(node)))
        elif isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
            found.append((node.value.lineno, node.arg))
    return found


def _is_forbidden(name: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in MODULES)


def _is_reading(name: str) -> bool:
    return any(name == reading or name.endswith(f".{reading}") for reading in READINGS)
