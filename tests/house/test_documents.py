"""What a shell block of a document tells a reader to type exists: a make target or an aftersale command."""

import re

from aftersale.__main__ import COMMANDS
from tests.house.files import ROOT, must_be_none, project_files, text

BLOCK = re.compile(r"^```(?:sh|shell|bash|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_every_command_in_a_shell_block_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    unknown = []
    for path, line in _shell_lines():
        if (made := re.match(r"make ([a-z-]+)", line)) and made[1] not in targets:
            unknown.append(f"{path}: {line}")
        if (called := re.match(r"(?:\.venv/bin/)?aftersale ([a-z-]+)", line)) and called[1] not in COMMANDS:
            unknown.append(f"{path}: {line}")
    must_be_none(unknown, "the documents name what does not exist:")


def _shell_lines():
    for path in project_files():
        if path.suffix == ".md":
            for block in BLOCK.findall(text(path)):
                yield from ((path, line.strip().removeprefix("$ ")) for line in block.splitlines())
