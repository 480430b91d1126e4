"""Mails in the shapes that the programs of Ann and others send, and what we read in them.

The files in `mails/` are written by hand after those shapes; none was ever sent, and the reader was
mended after its first sight of them.
"""

from pathlib import Path

import pytest

from aftersale.support.mail.parsing import read_mail
from aftersale.support.mail.quoting import split_quoted
from aftersale.support.models import Nature

MAILS = Path(__file__).parent / "mails"
OWN = ("after-sale@marketplace.example", "Wayfare Market")
OUR_ID = "<k7hq2m9xw4tz8c1vb5nd3rj6fge@marketplace.example>"

THE_SECOND = "The second one."
A_WEEK = (
    "It is the second one, which stands by the window and which we have used for about a week before it began"
    " to flicker in the evenings.\n\nCafé lamp, the “small” one."
)
# The file, who wrote, the subject, what is fresh, and the files that came along.
PEOPLE = [
    ("gmail-web", "ann@example.com", "Re: A lamp flickers",
     "It is the second one, by the window.\n\nThanks,\nAnn", []),
    ("gmail-web-german", "joerg@example.org", "Re: Eine Lampe flackert",
     "Die zweite, am Fenster. Müsste ich sie zurückschicken?", []),
    ("gmail-web-chinese", "xiaoming@example.com", "回复：台灯闪烁", "是靠窗的那一盏。谢谢！", []),
    ("gmail-android-photo", "ann@example.com", "Re: A lamp flickers", "Here it is.",
     ["IMG_20261124_112954.jpg"]),
    ("outlook-365-desktop", "ann@example.com", "RE: A lamp flickers",
     "It’s the second one. A picture is below.\n\nKind regards\nAnn", ["image001.png"]),
    ("outlook-web-html-only", "ann@example.com", "Re: A lamp flickers",
     "It is the second one.\n\nSee this picture (https://pictures.example/lamp).", []),
    ("outlook-mobile", "ann@example.com", "Re: A lamp flickers", THE_SECOND, []),
    ("outlook-german", "joerg@example.org", "AW: Eine Lampe flackert",
     "Die zweite, am Fenster. Wie viel Porto kostet die Rücksendung?\n\nMit freundlichen Grüßen\nJörg Müller",
     []),
    ("outlook-meeting", "ann@example.com", "Accepted: Visit of the technician", "I shall be at home.",
     ["text.ics"]),
    ("outlook-winmail", "ann@example.com", "The lamp", "Please see the attached letter.", ["winmail.dat"]),
    ("apple-mail-pdf", "ann@example.com", "Re: A lamp flickers", "The delivery note is attached.",
     ["Lieferschein № 7.pdf"]),
    ("iphone", "ann@example.com", "Re: A lamp flickers", THE_SECOND, ["image0.jpeg"]),
    ("smime-signed", "ann@example.com", "The lamp", "Signed and sealed.", []),
    ("thunderbird-bottom-post", "ann@example.com", "Re: A lamp flickers",
     A_WEEK, []),
    ("k9-android", "ann@example.com", "Re: A lamp flickers", THE_SECOND, []),
    ("yahoo", "ann@yahoo.example", "Re: A lamp flickers", THE_SECOND, []),
    ("proton", "ann@proton.example", "Re: A lamp flickers", THE_SECOND,
     ["publickey - ann@proton.example - 0x12345678.asc"]),
    ("gmx", "joerg@gmx.example", "Aw: Eine Lampe flackert", "Die zweite.\n\nJörg", []),
    ("yandex", "anna@yandex.example", "Re: Лампа мигает", "Вторая лампа, у окна.", []),
    ("mail-ru-koi8", "anna@mail.example", "Лампа мигает", "Вторая лампа, у окна.", []),
    ("qq", "10001@qq.example", "回复：台灯闪烁", "是靠窗的那一盏，用了一个星期就开始闪了。", []),
    ("qq-html-only-file", "10001@qq.example", "台灯闪烁", "订单 O-20418 的台灯一直闪。\n\n照片见附件。",
     ["台灯.jpg"]),
    ("163", "li@163.example", "Re:台灯闪烁", "你好，是第二盏灯。", []),
    ("163-mobile", "li@163.example", "回复：台灯闪烁", "第二盏。", []),
    ("japanese-mobile", "hanako@example.jp", "ランプが点滅します", "二つ目のランプです。", []),
    ("korean-naver", "chulsoo@naver.example", "램프가 깜박입니다", "두 번째 램프입니다.", []),
    ("taiwan-big5", "mei@example.tw", "檯燈閃爍", "是第二盞燈。\n\n陳小美", []),
    ("windows-1256", "sara@example.org", "المصباح يومض", "المصباح الثاني بجانب النافذة.", []),
    ("helpdesk-no-header", "help@desk.example.net", "[Ticket received] A lamp flickers",
     "We have received your request and will answer soon.", []),
]  # fmt: skip

MACHINES = [
    ("away-exchange", Nature.AUTOMATIC),
    ("away-gmail", Nature.AUTOMATIC),
    ("away-precedence-alone", Nature.AUTOMATIC),
    ("away-qq-no-header", Nature.AUTOMATIC),
    ("away-vacation", Nature.AUTOMATIC),
    ("bounce-exchange", Nature.BOUNCE),
    ("bounce-exim", Nature.BOUNCE),
    ("bounce-gmail", Nature.BOUNCE),
    ("bounce-postfix", Nature.BOUNCE),
    ("bounce-qmail", Nature.BOUNCE),
    ("bounce-without-null-sender", Nature.BOUNCE),
    ("delay-postfix", Nature.AUTOMATIC),
    ("mailing-list", Nature.LIST),
    ("newsletter", Nature.LIST),
    ("our-own-mail", Nature.OURS),
    ("read-receipt", Nature.AUTOMATIC),
]
OTHERS = {"gmail-ios-inline-answers", "thunderbird-interleaved", "forward-gmail", "forward-as-attachment"}


def a_mail(name, ends_with=b"\r\n"):
    return read_mail((MAILS / f"{name}.eml").read_bytes().replace(b"\n", ends_with))


@pytest.mark.parametrize("ends_with", [b"\r\n", b"\n"], ids=["crlf", "lf"])
@pytest.mark.parametrize(
    ("name", "address", "subject", "fresh", "files"), PEOPLE, ids=lambda row: str(row)[:25]
)
def test_what_a_person_wrote_is_read_whatever_program_sent_it(
    name, address, subject, fresh, files, ends_with
):
    mail = a_mail(name, ends_with)
    assert (mail.nature, mail.from_address, mail.subject) == (Nature.PERSON, address, subject)
    assert split_quoted(mail.text, OWN).fresh == fresh
    assert [file.name for file in mail.files] == files
    assert all(file.content for file in mail.files)


@pytest.mark.parametrize(("name", "nature"), MACHINES)
def test_what_no_person_wrote_is_known_for_it(name, nature):
    assert a_mail(name).nature == nature


def test_every_mail_of_the_folder_is_in_a_table():
    known = {row[0] for row in PEOPLE} | {name for name, _ in MACHINES} | OTHERS
    assert {path.stem for path in MAILS.glob("*.eml")} == known and len(known) >= 30


def test_an_answer_names_what_it_answers():
    for name in ("gmail-web", "outlook-365-desktop", "apple-mail-pdf", "163", "proton"):
        assert a_mail(name).references == (OUR_ID,)


def test_answers_between_the_lines_stay_with_their_questions():
    split = split_quoted(a_mail("gmail-ios-inline-answers").text, OWN)
    assert split.fresh.endswith(
        "> which of the two lamps is it?\n\nThe second one.\n\n> And since when does it flicker?\n\n"
        "Since Sunday. It is worse when it is cold."
    )
    assert split.quoted == "> Best regards,\n> Mia\n>"
    split = split_quoted(a_mail("thunderbird-interleaved").text, OWN)
    assert split.fresh == (
        "Guten Tag,\n\nAm 24.11.26 um 10:02 schrieb Wayfare Market:\n"
        "> welche der beiden Lampen ist es, und seit wann flackert sie?\n\nDie zweite, seit Sonntag."
    )


def test_a_mail_that_ann_forwards_is_news():
    for name in ("forward-gmail", "forward-as-attachment"):
        split = split_quoted(a_mail(name).text, OWN)
        assert "We left your parcel with a neighbour." in split.fresh and split.quoted == ""
    mail = a_mail("forward-as-attachment")
    assert [file.name for file in mail.files] == ["door.jpg"]
    assert "From: Swift Parcels <no-reply@courier.example.net>\n" in mail.text
    assert "Subject: Your parcel ✓\n" in mail.text


def test_a_bounce_says_why_and_leaves_out_our_own_mail():
    for name in ("bounce-exchange", "bounce-postfix", "bounce-gmail"):
        mail = a_mail(name)
        assert "Status: 5.1.1" in mail.text and "lamp" not in mail.text and mail.files == ()


def test_what_a_newsletter_hides_is_not_read():
    assert a_mail("newsletter").text == "Lamps at half price"
