"""The loops as a section with its tables, and as a picture."""

from collections.abc import Mapping
from typing import Any

from benchmarks.picture import ROOT, STYLE, WIDTH
from benchmarks.running import Figures
from benchmarks.section import Section, prose

_LEFT, _BAR, _STEP, _TOP = 300, 14, 46, 92
_BELOW = "To a mailbox that answers by itself: with all guards (above), and with none of them (below)."
_GUARDS = {
    "": "all guards",
    "headers": "no headers",
    "marks": "no marks",
    "matter": "not once a matter",
    "address": "not once a day",
    "domain": "not ten a domain",
    "mails": "no limits",
    "all": "none",
}


def mail_loops(figures: Mapping[str, Figures]) -> Section:
    each = figures["mail-loops"]
    lines = [
        "![Mails sent to each kind of mailbox, with all guards and with none](pictures/mail-loops.svg)",
        "",
        *prose(
            f"""{each["hours"]} simulated hours of our own intake, worker steps and outbox against mailboxes
            that answer each mail after five minutes. Each wrote to the desk once, and an agent answers it by
            mail on three mornings: one acknowledgement and three answers are what it should get. The columns
            say how many mails were sent with all guards, with one taken away, and with none. *Headers*: what
            a mail says of itself is read. *Marks*: our mails say that a machine sent them, and an
            acknowledgement has no envelope sender. *Once a matter*, *once a day*, *ten a domain*: the
            acknowledgements that go out. *Limits*: the mails of one address that are read in an hour and in
            a day. Taking away one alone changes little: each loop but one is stopped by another guard too.
            Without any, all kinds are alike, and each of the four mails begins a loop of its own."""
        ),
        "",
        *_in_the_lane(each["lane"], each["told"]),
        "",
        *prose(
            """The same between two people who follow one public thread, each with such a mailbox, where each
            answer becomes a post of which the other is told. *Rounds*: the same words for the third time in a
            day, or the eleventh mail in three hours, waits for our staff. The simulation found this loop, and
            the guard came after it. Without it the loop came to an end within a day, after as many mails in
            24 hours as in 72. An empty cell was not measured."""
        ),
        "",
        *_in_a_thread(each["threads"], each["told"]),
        "",
        *prose(
            """Repeated by `python -m benchmarks --only mail-loops`. The clock is simulated, so how quick the
            machine is has no part in it. The mailboxes are written after what such programs are known to
            do; none of them is a real one."""
        ),
    ]
    return Section("Mail loops", lines, [])


def _in_the_lane(lane: dict[str, dict[str, int]], told: dict[str, str]) -> list[str]:
    lines = [f"| the mailbox | {' | '.join(_GUARDS.values())} |", "|---" * (len(_GUARDS) + 1) + "|"]
    for name, mailbox in told.items():
        sent = " | ".join(f"{lane[name][guard]:,}" for guard in _GUARDS)
        lines.append(f"| {mailbox} | {sent} |")
    return lines


def _in_a_thread(threads: dict[str, dict[str, int]], told: dict[str, str]) -> list[str]:
    lines = ["| both mailboxes | all guards | no rounds | no headers | none |", "|---|---|---|---|---|"]
    for name, mailbox in told.items():
        sent = " | ".join(_told(threads[name].get(guard)) for guard in ("", "rounds", "headers", "all"))
        lines.append(f"| {mailbox} | {sent} |")
    return lines


def picture(figures: dict[str, Any]) -> str:
    """Two bars for each kind: with all guards, and with none."""
    lane, kinds, title = figures["lane"], figures["told"], f"Mails sent in {figures['hours']} hours"
    most = max(sent["all"] for sent in lane.values())
    height = _TOP + _STEP * len(kinds) + 8
    heard = "; ".join(
        f"{mailbox}: {lane[name]['']} and {lane[name]['all']}" for name, mailbox in kinds.items()
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {ROOT}>',
        f'<title id="t">{title}</title><desc id="d">{heard}.</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="bg" width="{WIDTH}" height="{height}" rx="14"/>',
        f'<text class="ink" x="32" y="42" font-size="20" font-weight="650">{title}</text>',
        f'<text class="soft" x="32" y="66" font-size="13">{_BELOW}</text>',
    ]
    for place, (name, mailbox) in enumerate(kinds.items()):
        top = _TOP + _STEP * place
        label = mailbox.replace("`", "")
        lines.append(
            f'<text class="ink" x="{_LEFT - 14}" y="{top + 18}" font-size="14" text-anchor="end">'
            f"{label}</text>"
        )
        lines += _bar(lane[name][""], "ours", most, top) + _bar(
            lane[name]["all"], "theirs", most, top + _BAR + 3
        )
    return "\n".join([*lines, "</svg>", ""])


def _bar(sent: int, kind: str, most: int, top: int) -> list[str]:
    width = max(2.0, sent / most * (WIDTH - _LEFT - 90))
    return [
        f'<rect class="{kind}" x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR}" rx="3"/>',
        f'<text class="soft" x="{_LEFT + width + 8:.0f}" y="{top + 11}" font-size="12">{sent:,}</text>',
    ]


def _told(sent: int | None) -> str:
    return "" if sent is None else f"{sent:,}"
