"""Every snippet of `docs/policy.md` does what the page shows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from aftersale.policy import Policy, run_examples

HOUSE = Path(__file__).parents[3]
PAGE = (HOUSE / "docs" / "policy.md").read_text(encoding="utf-8")


def _snippets(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.md").write_text(_snippets("markdown policy")[0], encoding="utf-8")
    return tmp_path


def test_the_document_of_the_page_is_a_policy_and_its_examples_come_true(shop: Path) -> None:
    assert run_examples(Policy.load(shop / "shop.md")) == []


def test_each_command_of_the_page_prints_what_the_page_shows(shop: Path) -> None:
    aftersale = f'aftersale() {{ PYTHONPATH={HOUSE} {sys.executable} -m aftersale "$@"; }}\n'
    for snippet in _snippets("console"):
        typed = [line for line in snippet.splitlines() if line.startswith(("$ ", ">"))]
        commands = [line[2:] for line in typed]
        shown = [line for line in snippet.splitlines() if line not in typed]
        script = aftersale + "\n".join(commands)
        run = subprocess.run(["bash", "-c", script], cwd=shop, capture_output=True, text=True, check=False)
        printed = re.sub(r"[0-9a-f]{64}", "…", run.stdout + run.stderr)
        assert printed.splitlines() == shown


def test_the_python_of_the_page_runs(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    for snippet in _snippets("python"):
        exec(snippet, {})


def test_every_condition_of_the_page_is_one() -> None:
    rows = re.findall(r"^\| (?:a choice|yes or no|absence) \| (.*) \|$", PAGE, flags=re.MULTILINE)
    conditions = [condition for row in rows for condition in re.findall(r"`(.*?)`", row)]
    assert len(conditions) == 7
    text = _snippets("markdown policy")[0]
    for condition in conditions:
        broken = text.replace("| card, cash |", "| card, cash, cheque |").replace(
            "- when: in time and opened", f"- when: {condition}"
        )
        assert Policy.parse(broken).clauses["opened"].when
