"""The docs say what is there: every setting has its row, every link leads somewhere, commands run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_every_setting_has_its_row():
    read = re.findall(
        r'environment\.\w+\(\s*"([A-Z_]+)"',
        (ROOT / "aftersale/config/settings.py").read_text(encoding="utf-8"),
    )
    page = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    assert read
    assert [name for name in sorted(set(read)) if f"`{name}`" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_the_decision_of_the_readme_is_what_it_says():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    facts = re.search(r"<<'FACTS'\n(.*?)\nFACTS", text, re.DOTALL)
    assert facts
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "aftersale",
            "policy",
            "decide",
            "policies/marketplace.md",
            "--facts",
            "-",
            "--json",
        ],
        input=facts[1],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert json.loads(run.stdout)["clause"] == "card-faulty-over"
