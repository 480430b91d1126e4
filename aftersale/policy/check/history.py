"""The rules of the world, tested on past orders: every proof takes them for true, so they had better be."""

from collections.abc import Iterator

from aftersale.policy.backtest import Report, run
from aftersale.policy.policy import Policy
from aftersale.policy.source import Text
from aftersale.policy.written import as_written

from .finding import Finding


def broken_rules(policy: Policy, orders: str) -> tuple[Report, list[Finding]]:
    """What past orders say of the rules: a finding for each that some of them break. Raises BacktestError."""
    report = run(policy, orders)
    return report, list(_findings(policy, report))


def _findings(policy: Policy, report: Report) -> Iterator[Finding]:
    texts: dict[str, Text] = {rule.value: rule for rule in as_written(policy.name, policy.text).rules}
    for rule, rows in report.rules.items():
        if not rows:
            continue
        because = next((row for row in report.first_refused if rule in row.because), None)
        where = f", the first is row {because.row:,}" if because else ""
        what = (
            f"`{rule}` is said to be always true, and {rows:,} of {report.rows:,} past orders break it{where}"
        )
        suggest = ("correct the rule: the proofs take it for true", "correct these orders")
        yield Finding("rule-broken", "error", (), what, texts[rule], suggest=suggest)
