"""`aftersale policy decide` keeps its contract: what it prints, where, and its exit code."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from aftersale.policy.cli import main

from .houses import MARKETPLACE, ORDER, marketplace

LAW = str(MARKETPLACE)


def _file(folder: Path, text: str) -> str:
    path = folder / "facts.data"
    path.write_text(text, encoding="utf-8")
    return str(path)


def _decide(folder: Path, text: str, *options: str) -> int:
    return main(["decide", LAW, "--facts", _file(folder, text), *options])


def test_an_object_of_facts_gives_the_contracts_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _decide(tmp_path, json.dumps(ORDER, indent=2), "--json") == 0
    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    assert list(answer) == [
        "outcome", "clause", "because", "pays", "decisive", "holds_until", "would_change", "policy",
    ]  # fmt: skip
    assert answer == marketplace().decide(ORDER).as_json()
    assert answer["holds_until"] == {"days": 60}
    assert answer["would_change"] == []
    assert printed.out.count("\n") == 1
    assert printed.err == ""


def test_a_person_reads_the_reason_and_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _decide(tmp_path, json.dumps({**ORDER, "tender": "balance"})) == 0
    assert capsys.readouterr().out.splitlines() == [
        "deny: no refund",
        "clause balance: Paid from your stored balance",
        "  " + marketplace().because("balance"),
        "decided by: tender balance, reason unwanted",
        "next: Nothing has to be sent back. If you see it otherwise, open a thread: a person reads it.",
    ]


def test_the_reason_is_told_in_the_language_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _decide(tmp_path, json.dumps(ORDER), "--json", "--language", "zh-Hans") == 0
    assert json.loads(capsys.readouterr().out)["because"] == marketplace().because("card-in-time", "zh-hans")
    assert _decide(tmp_path, json.dumps(ORDER), "--language", "fr") == 2
    assert capsys.readouterr().err.endswith("is not told in `fr`\nhelp: it is told in en, zh-hans\n")


def test_lines_of_facts_give_a_line_each_and_a_bad_one_an_error_in_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = json.dumps(ORDER)
    lines = [
        good,
        '{"tender": "crad"',
        json.dumps({**ORDER, "days": None}),
        "[1]",
        json.dumps({"tender": "card"}),
        good,
    ]
    assert _decide(tmp_path, "\n".join(lines) + "\n", "--json") == 2
    printed = capsys.readouterr()
    answers = [json.loads(line) for line in printed.out.splitlines()]
    assert [answer.get("outcome") for answer in answers] == ["refund", None, "refund", None, None, "refund"]
    assert [sorted(answers[i]) for i in (1, 3, 4)] == [["error"]] * 3
    assert answers[1]["error"].startswith("the facts cannot be read: ")
    assert answers[4]["error"].startswith("`reason` is not told")
    assert printed.err == ""


def test_lines_are_recognised_by_their_content_without_being_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "\ufeff" + json.dumps(ORDER) + "\r\n\r\n" + json.dumps({**ORDER, "days": 61}) + "\r\n"
    assert _decide(tmp_path, text) == 0
    outcomes = [json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines()]
    assert outcomes == ["refund", "deny"]


def test_null_is_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _decide(tmp_path, json.dumps({**ORDER, "days": None}), "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["outcome"], answer["decisive"]["days"], answer["holds_until"]) == ("refund", None, None)


def test_the_standard_input_is_a_dash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(ORDER).encode())))
    assert main(["decide", LAW, "--facts", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "refund"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (json.dumps({**ORDER, "dyas": 1}), "`dyas` is not a fact of this policy\nhelp: did you mean `days`?"),
        ('{"tender": "card"}', "`reason` is not told (why it comes back)"),
        ('{"tender": "card", "tender": "card"}', "`tender` is told twice"),
        ('{"days": NaN}', "`NaN` is no number of JSON"),
        ("", "the facts cannot be read: "),
        ("[]", "the facts are not a JSON object"),
        ("[" * 100_000, "the facts cannot be read: "),
        ('{\n"days": ' + "9" * 5_000 + "\n}", "the facts cannot be read: it is no JSON"),
    ],
)
def test_bad_facts_are_a_clear_error_and_nothing_is_decided(
    text: str, error: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _decide(tmp_path, text, "--json") == 2
    printed = capsys.readouterr()
    assert json.loads(printed.out)["error"].startswith(error)
    assert _decide(tmp_path, text) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.startswith(error)) == ("", True)


def test_facts_left_out_are_open_when_asked_for_partially(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _decide(tmp_path, '{"tender": "balance"}', "--partial", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "outcomes": ["claim", "deny"],
        "ask": "reason",
        "policy": marketplace().hash,
    }
    assert _decide(tmp_path, '{"tender": "balance"}', "--partial") == 0
    assert capsys.readouterr().out == "still possible: claim, deny\nask next: reason (why it comes back)\n"


def test_a_broken_policy_is_shown_where_it_breaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "broken.md"
    policy.write_text(marketplace().text.replace("tender is card and reason", "tender is crad and reason", 1))
    assert main(["decide", str(policy), "--facts", _file(tmp_path, "{}")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"{policy}:" in printed.err
    assert "`crad` is not a value of `tender`" in printed.err
    assert "help: did you mean `card`?" in printed.err


@pytest.mark.parametrize("files", [("nowhere.md", "x"), (LAW, "nowhere.json")])
def test_a_file_that_is_not_there_is_named(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decide", files[0], "--facts", files[1]]) == 2
    assert "there is no such file\nhelp: check the path" in capsys.readouterr().err


def test_text_that_is_not_utf8_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(b"\xff\xfe{}")
    assert main(["decide", LAW, "--facts", str(path)]) == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_it_starts_without_django_and_ends_quietly_when_nobody_reads(tmp_path: Path) -> None:
    code = "import sys; from aftersale.policy.cli import main; main(sys.argv[1:])"
    code += "; assert 'django' not in sys.modules"
    facts = _file(tmp_path, (json.dumps(ORDER) + "\n") * 2_000)
    words = [sys.executable, "-c", code, "decide", LAW, "--facts", facts]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait() == 0
