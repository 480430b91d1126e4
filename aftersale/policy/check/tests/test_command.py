"""`aftersale policy check` and `diff` keep their contract: what they print, and their exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aftersale.policy import Policy
from aftersale.policy.cli import main

from .houses import IN_TIME, LATE, shop

MARKETPLACE = Path(__file__).parents[4] / "policies" / "marketplace.md"


def _file(folder: Path, text: str, name: str = "shop.md") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_clean_policy_is_one_line_and_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path, shop(IN_TIME, LATE).text)
    assert main(["check", path]) == 0
    assert capsys.readouterr().out == f"{path}: clean (2 clauses, 0 promises, 0 examples)\n"


def test_a_finding_is_the_contracts_object_and_exit_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, shop(IN_TIME).text)
    assert main(["check", path, "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == [
        {
            "code": "gap",
            "severity": "error",
            "clauses": [],
            "message": "no clause decides this order",
            "example": {"tender": "card", "days": 31, "opened": False},
            "suggest": [
                "write a clause for such orders",
                "widen the `when` of a clause that should decide",
            ],
        }
    ]
    assert main(["check", path]) == 1
    assert capsys.readouterr().out.endswith(f"{path}: 1 finding (1 clause, 0 promises, 0 examples)\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "shop.md: there is no such file\nhelp: check the path\n"),
        ("# Nothing\n", "the document has no `## Facts`\n"),
    ],
)
def test_what_cannot_be_read_is_exit_2(
    text: str | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "shop.md") if text is None else _file(tmp_path, text)
    for command in (["check", path], ["diff", path, path]):
        assert main(command) == 2
        printed = capsys.readouterr()
        assert told in printed.err
        assert printed.out == ""


def test_a_time_is_a_number_above_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path, shop(IN_TIME, LATE).text)
    assert main(["check", path, "--timeout", "0.5"]) == 0
    for wrong in ("0", "-1", "soon"):
        with pytest.raises(SystemExit) as ended:
            main(["check", path, "--timeout", wrong])
        assert ended.value.code == 2


def test_without_the_solver_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    path = _file(tmp_path, shop(IN_TIME, LATE).text)
    code = "import sys; sys.modules['z3'] = None\n"
    code += "from aftersale.policy.cli import main; sys.exit(main(sys.argv[1:]))"
    run = subprocess.run(
        [sys.executable, "-c", code, "check", path], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert (
        run.stderr == "aftersale policy check needs the package z3-solver: pip install 'aftersale[check]'\n"
    )


def test_a_decision_does_not_load_the_solver() -> None:
    code = "import sys, aftersale.policy.cli, aftersale.policy; assert 'z3' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_diff_for_a_person_and_for_a_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = _file(tmp_path, shop(IN_TIME, LATE).text, "old.md")
    new = _file(tmp_path, shop(IN_TIME, LATE).text.replace("30", "20"), "new.md")
    assert main(["diff", old, new]) == 0
    assert capsys.readouterr().out == (
        "only takes: every order gets what it got before, or less\n\n"
        "takes: `in-time` refund -> `late` deny\n"
        "example: an ordinary order, but for\n"
        "    | days |\n    | ---- |\n    | 21   |\n\n"
        "note: the words of `in-time` changed\nnote: the words of `late` changed\n"
    )
    assert main(["diff", old, new, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "verdict": "only takes",
        "changes": [
            {
                "gives": "less",
                "old": {"clause": "in-time", "outcome": "refund"},
                "new": {"clause": "late", "outcome": "deny"},
                "example": {"tender": "card", "days": 21, "opened": False},
            }
        ],
        "notes": ["the words of `in-time` changed", "the words of `late` changed"],
    }


RULES = {
    "units_returned at most units_with_customer": "1 of 8 past orders break it, the first is row 6",
    "reason is not missing implies units_returned at least 1": (
        "2 of 8 past orders break it, the first is row 7"
    ),
}


def test_the_rules_of_the_world_are_tested_on_past_orders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, orders = str(MARKETPLACE), tmp_path / "orders.csv"
    facts = list(Policy.load(policy).facts)
    kept = ["card,unwanted,10,no,any_reason,no,no,2,2"] * 5
    orders.write_text("\n".join([",".join(facts), *kept, ""]), encoding="utf-8")
    assert main(["check", policy, "--history", str(orders)]) == 0
    assert "tested on 5 past orders" in capsys.readouterr().out
    broken = ["card,unwanted,10,no,any_reason,no,no,2,3", *["card,wrong,1,no,any_reason,no,no,2,0"] * 2]
    orders.write_text("\n".join([",".join(facts), *kept, *broken, ""]), encoding="utf-8")
    assert main(["check", policy, "--history", str(orders), "--json"]) == 1
    found = [one["message"] for one in json.loads(capsys.readouterr().out) if one["code"] == "rule-broken"]
    assert found == [f"`{rule}` is said to be always true, and {told}" for rule, told in RULES.items()]
    assert main(["check", policy, "--history", str(orders)]) == 1
    line = 1 + MARKETPLACE.read_text(encoding="utf-8").splitlines().index(f"- {next(iter(RULES))}")
    assert f"marketplace.md:{line}:3: rule-broken" in capsys.readouterr().out
    assert main(["backtest", policy, str(orders)]) == 2
    assert f"rules of the world: `{next(iter(RULES))}` is broken by 1;" in capsys.readouterr().out
    assert main(["check", policy, "--history", str(tmp_path / "none.csv")]) == 2
