"""What `docs/policy-checks.md` and `docs/policy-versions.md` show is what the commands print."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[4]
SNIPPETS = [
    snippet
    for page in ("policy-checks.md", "policy-versions.md")
    for snippet in re.findall(
        r"^```console\n(.*?)^```$",
        (HOUSE / "docs" / page).read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_each_command_of_the_page_prints_what_the_page_shows(snippet: str, tmp_path: Path) -> None:
    (tmp_path / "policies").symlink_to(HOUSE / "policies")
    commands = [line[2:] for line in snippet.splitlines() if line.startswith("$ ")]
    shown = [line for line in snippet.splitlines() if not line.startswith("$ ")]
    aftersale = f'aftersale() {{ PYTHONPATH={HOUSE} {sys.executable} -m aftersale "$@"; }}\n'
    script = aftersale + "\n".join(commands)
    run = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.stdout + run.stderr).splitlines() == shown
