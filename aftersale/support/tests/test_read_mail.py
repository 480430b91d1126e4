"""Mails are read in any charset and within bounds, and their sender is believed no further than proven."""

import base64
import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersale.support.mail.parsing import LARGEST, MailRefused, ReadMail, read_mail
from aftersale.support.models import Nature, Verdict
from tests.patience import ending

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent / "mails").glob("*.eml"))]


def a_mail(*headers, body=b"", sender=None):
    """What is read in a mail with these headers and a From."""
    lines = [header if isinstance(header, bytes) else header.encode() for header in headers]
    if not any(line.lower().startswith(b"from:") for line in lines):
        lines.insert(0, b"From: Ann <ann@example.com>")
    return read_mail(b"\r\n".join([*lines, b"", body]), sender=sender)


def text_of(content, charset, encoding="8bit"):
    mail = a_mail(
        f"Content-Type: text/plain; charset={charset}",
        f"Content-Transfer-Encoding: {encoding}",
        body=content,
    )
    return mail.text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("台灯闪烁", "gb2312"), ("朱镕基的台灯", "gb2312"), ("台灯闪烁", "GBK"), ("㐀台灯", "gb18030"),
        ("檯燈閃爍", "big5"), ("ランプ", "iso-2022-jp"), ("ランプ①", "shift_jis"),
        ("램프 똠", "ks_c_5601-1987"),
        ("лампа", "koi8-r"), ("лампа", "windows-1251"), ("ліхтар", "koi8-u"), ("المصباح", "windows-1256"),
        ("“lamp” – 5 €", "iso-8859-1"), ("Lâmpada", "utf-8"), ("หลอดไฟ", "windows-874"), ("lamp", "us-ascii"),
        ("Lampă", "iso-8859-16"), ("lámpa", "utf-16"), ("Λάμπα", "iso-8859-7"), ("ışık", "iso-8859-9"),
    ],
)  # fmt: skip
def test_a_text_is_read_in_its_charset(text, charset):
    # What a charset's name means to the programs that write mails, where it is wider than Python's.
    wider = {"gb2312": "gbk", "ks_c_5601-1987": "cp949", "iso-8859-1": "cp1252", "shift_jis": "cp932"}
    wider["windows-874"] = "cp874"
    content = text.encode(wider.get(charset.lower(), charset))
    assert text_of(content, charset) == text


@pytest.mark.parametrize(
    "charset", ["x-unknown", "unknown-8bit", "", "rot13", "base64", "idna", "../etc", "us-ascii"]
)
def test_a_charset_that_is_none_or_wrong_is_guessed(charset):
    assert text_of("Lâmpada 台灯".encode(), charset) == "Lâmpada 台灯"
    assert text_of("台灯闪烁".encode("gb2312"), charset or "nothing") in {"台灯闪烁", "Ì¨µÆÉÁË¸"}
    assert text_of("déjà été".encode("latin-1"), charset) == "déjà été"


def test_broken_base64_and_quoted_printable_give_what_they_hold():
    whole = base64.b64encode(b"The lamp flickers.")
    assert text_of(whole[:-3], "utf-8", "base64").startswith("The lamp flick")
    assert text_of(whole[:8] + b"!\r\n*" + whole[8:], "utf-8", "base64") == "The lamp flickers."
    assert text_of(whole + b"=\r\n____\r\nlamps mailing list", "utf-8", "base64") == "The lamp flickers."
    assert text_of(b"caf=C3=A9 =ZZ =", "utf-8", "quoted-printable").startswith("café =ZZ")
    assert text_of(b"lamp", "utf-8", "x-made-up") == "lamp"


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("=?utf-8?B?5Y+w?= =?utf-8?B?54Gv?=", "台灯"),
        ("=?utf-8?B?5Y+w5w==?= =?utf-8?B?ga/pl6o=?=", "台灯闪"),  # a character cut in two
        ("=?GB2312?B?zKi1xg==?=", "台灯"),
        ("=?iso-8859-1?q?caf=E9_=5F?= and =?utf-8*de?Q?=E2=82=AC?=", "café _ and €"),
        ("Re: =?x-none?Q?lamp?=", "Re: lamp"),
        ("=?utf-8?B?####?= lamp", "lamp"),
        ("=?utf-8?X?lamp?=", "=?utf-8?X?lamp?="),
        ("a lamp\r\n flickers", "a lamp flickers"),
        ("one\x00two", "onetwo"),
    ],
)  # fmt: skip
def test_a_subject_is_read_as_it_was_meant(value, subject):
    assert a_mail(f"Subject: {value}").subject == subject


def test_a_subject_in_bare_bytes_is_read_too():
    assert a_mail(b"Subject: " + "台灯闪烁".encode("gbk")).subject == "台灯闪烁"
    assert a_mail(b"Subject: " + "台灯闪烁".encode()).subject == "台灯闪烁"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("filename*=utf-8''%E5%8F%B0%E7%81%AF.jpg", "台灯.jpg"),
        ("filename*0*=utf-8''%E5%8F%B0; filename*1*=%E7%81%AF; filename*2=.jpg", "台灯.jpg"),
        ("filename*=gb18030''%CC%A8%B5%C6.jpg", "台灯.jpg"),
        ('filename="=?utf-8?B?5Y+w54GvLmpwZw==?="', "台灯.jpg"),
        ('filename="../../etc/lamp.jpg"', "lamp.jpg"),
        ('filename="C:\\\\Users\\\\ann\\\\lamp.jpg"', "lamp.jpg"),
        ('filename="lamp\u202egpj.exe"', "lampgpj.exe"),
        ("filename*0=lamp", "lamp"),
        ("filename*=", "image.jpg"),
        ("filename*=nothing''%FF%FE.jpg", "ÿþ.jpg"),
    ],
)
def test_a_file_has_the_name_that_ann_gave_it(disposition, name):
    (file,) = a_mail(
        "Content-Type: image/jpeg", f"Content-Disposition: attachment; {disposition}", body=b"picture"
    ).files
    assert (file.name, file.kind, file.content) == (name, "image/jpeg", b"picture")


@pytest.mark.parametrize(
    "header",
    [
        ["From: ann@example.com", "From: bob@example.com"],
        ["From: ann@example.com, bob@example.com"],
        ["From: Ann <ann@example.com> <bob@example.com>"],
        ["From: Ann"],
        ["From: undisclosed-recipients:;"],
        ["From: "],
        ["From: " + "(" * 5_000],
        ["From: ann@example.com@example.org"],
        ["From: ann @example.com\r\n\t, bob@example.com"],
    ],
)
def test_a_sender_that_is_not_just_one_is_none(header):
    assert a_mail(*header).from_address == ""


@pytest.mark.parametrize(
    ("header", "name", "address"),
    [
        ('From: "bob@example.com" <ANN@Example.com>', "bob@example.com", "ann@example.com"),
        ("From: =?utf-8?B?546L?= <wang@example.com>", "王", "wang@example.com"),
        ("From: ann@example.com (Ann)", "Ann", "ann@example.com"),
        ("from:ann@example.com", "", "ann@example.com"),
        ("From: =?utf-8?Q?bob=40example=2Ecom=2C?= <ann@example.com>", "bob@example.com,", "ann@example.com"),
        ('From: "王小明" <wang@example.com>', "王小明", "wang@example.com"),
    ],
)
def test_a_sender_is_the_address_and_not_the_name(header, name, address):
    mail = a_mail(header)
    assert (mail.from_name, mail.from_address) == (name, address)


def test_ids_are_whole_again_however_they_came():
    long = "<" + "A" * 80 + "@eurprd08.prod.outlook.example>"
    mail = a_mail(
        "Message-ID: <one@example.com>",
        f"References: <first@example.com>\r\n {long[:40]}\r\n {long[40:]}",
        "In-Reply-To: =?us-ascii?Q?=3Clast=40example=2Ecom=3E?= of Monday",
    )
    assert mail.message_id == "<one@example.com>"
    assert mail.references == ("<first@example.com>", long, "<last@example.com>")
    many = " ".join(f"<{number}@example.com>" for number in range(2_000))
    kept = a_mail(f"References: {many}").references
    assert len(kept) == 50 and kept[0] == "<0@example.com>" and kept[-1] == "<1999@example.com>"


OURS = "mx.marketplace.example"


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([f"{OURS}; dmarc=pass header.from=example.com"], Verdict.PASSED),
        ([f"{OURS} 1; spf=fail smtp.mailfrom=x.org; dmarc=fail (p=x) header.from=example.com"],
         Verdict.FAILED),
        ([f"{OURS}; dmarc=none; dkim=pass header.d=example.com"], Verdict.PASSED),
        ([f"{OURS}; dkim=pass header.i=@example.com header.s=k1"], Verdict.PASSED),
        ([f"{OURS}; dkim=pass header.d=elsewhere.example"], Verdict.UNKNOWN),
        ([f"{OURS}; dkim=pass header.d=com"], Verdict.UNKNOWN),
        ([f"{OURS}; dkim=pass header.d=ann.example.com"], Verdict.UNKNOWN),
        ([f"{OURS}; spf=pass smtp.mailfrom=ann@example.com"], Verdict.PASSED),
        ([f"{OURS}; spf=pass smtp.mailfrom=bounce@elsewhere.example"], Verdict.UNKNOWN),
        ([f"{OURS}; spf=pass smtp.helo=example.com"], Verdict.UNKNOWN),
        ([f"{OURS}; dmarc=pass header.from=elsewhere.example"], Verdict.UNKNOWN),
        ([f"{OURS}; none"], Verdict.UNKNOWN),
        ([f"{OURS}; spf=none (; dmarc=pass header.from=example.com)"], Verdict.UNKNOWN),
        ([f'{OURS}; spf=none reason="; dmarc=pass"'], Verdict.UNKNOWN),
        (["mx.elsewhere.example; dmarc=pass header.from=example.com"], Verdict.UNKNOWN),
        (["elsewhere.example; dmarc=none", f"{OURS}; dmarc=pass header.from=example.com"], Verdict.UNKNOWN),
        ([f"{OURS}; dmarc=fail", f"{OURS}; dmarc=pass header.from=example.com"], Verdict.FAILED),
        ([f"{OURS}.evil.example; dmarc=pass"], Verdict.UNKNOWN),
        ([], Verdict.UNKNOWN),
    ],
)  # fmt: skip
def test_only_the_topmost_word_of_our_own_server_proves_a_sender(settings, results, verdict):
    settings.MAIL_AUTHSERV_ID = OURS
    headers = [f"Authentication-Results: {result}" for result in results]
    assert a_mail(*headers).verdict == verdict
    two = a_mail("From: ann@example.com", "From: bob@example.com", *headers)
    assert two.verdict == Verdict.UNKNOWN
    settings.MAIL_AUTHSERV_ID = ""
    assert a_mail(*headers).verdict == Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("headers", "sender", "nature"),
    [
        (["Auto-Submitted: no"], "ann@example.com", Nature.PERSON),
        (["Auto-Submitted: auto-replied; owner-email=x"], None, Nature.AUTOMATIC),
        (["Precedence: junk"], None, Nature.AUTOMATIC),
        (["X-Autorespond: yes"], None, Nature.AUTOMATIC),
        (["X-Auto-Response-Suppress: DR, OOF"], None, Nature.PERSON),
        ([], "", Nature.AUTOMATIC),
        (["Return-Path: <>"], None, Nature.AUTOMATIC),
        (["Return-Path: <>"], "ann@example.com", Nature.PERSON),
        (["From: MAILER-DAEMON@example.com"], "", Nature.BOUNCE),
        (["From: MAILER-DAEMON@example.com"], "x@example.com", Nature.AUTOMATIC),
        (["Precedence: list"], None, Nature.LIST),
        (["X-Loop: After-Sale@marketplace.example"], None, Nature.OURS),
        (["X-Loop: ann@example.com"], None, Nature.PERSON),
        (["Message-ID: <k7hq2m9xw4tz8c1vb5nd3rj6fge@marketplace.example>"], None, Nature.OURS),
        (["Message-ID: <6a2f@marketplace.example>"], None, Nature.PERSON),
        (["From: after-sale@marketplace.example"], None, Nature.OURS),
        (["Subject: Out of office: the lamp"], None, Nature.AUTOMATIC),
        (["Subject: Re: Automatic reply: the lamp"], None, Nature.PERSON),
        (["Subject: Out of office chairs, when again?"], None, Nature.PERSON),
    ],
)
def test_who_wrote_is_told_from_headers(headers, sender, nature):
    assert a_mail(*headers, sender=sender).nature == nature


def nested(depth):
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth)
    )
    return b"From: ann@example.com\r\n" + opening + b"\r\nlamp"


def flat(parts):
    return (
        b'From: ann@example.com\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + b"--b\r\n\r\nx\r\n" * parts
    )


BOMBS = {
    "too large": (b"From: ann@example.com\r\n\r\n" + b"x" * LARGEST, "larger than 25 MB"),
    "1,000 nested parts": (nested(1_000), "deep|parts"),
    "10,000 flat parts": (flat(10_000), "more than 100 parts"),
    "1,000 nested mails": (b"Content-Type: message/rfc822\r\n\r\n" * 1_000, "deep"),
    "5,000 recipients": (b"To: " + b"a@b.example, " * 5_000 + b"c@d.example\r\n\r\n", "recipients"),
    "headers of 70 kB": (b"X-A: b\r\n" * 9_000 + b"\r\n", "headers are larger"),
    "lines alone": (b"From: ann@example.com\r\n\r\n" + b"\n" * 2_000_000, "lines"),
    "a number of 5,000 digits": (b"Content-Type: text/plain; name*" + b"9" * 3_900 + b"=x\r\n\r\nlamp", None),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_it_is_worked_on(name):
    raw, reason = BOMBS[name]
    with ending():
        if reason is None:
            assert isinstance(read_mail(raw), ReadMail)
        else:
            with pytest.raises(MailRefused, match=reason):
                read_mail(raw)


@pytest.mark.parametrize(
    "raw",
    [
        flat(99),
        nested(19),
        b"Content-Type: text/html\r\n\r\n" + b"<b x='" * 300_000,
        b"Content-Type: text/html\r\n\r\n" + b"<!--" * 500_000,
        b"Content-Type: text/html\r\n\r\n" + b"<style>" * 300_000,
        b"Content-Type: text/html\r\n\r\n" + b"<blockquote>a" * 100_000,
        b"Content-Type: text/html\r\n\r\n" + b"<p><a>x</b>" * 100_000,
        b"Content-Type: text/html\r\n\r\n&#" + b"9" * 10_000 + b";lamp",
        b"Content-Type: multipart/mixed;" + b';"' * 30_000 + b"\r\n\r\nlamp",
        b"Subject: " + b"=?a?q?" * 10_000 + b"\r\n\r\nlamp",
        b"From: " + b'"' * 60_000 + b"\r\n\r\nlamp",
        b"From: " + b"<" * 60_000 + b"\r\n\r\nlamp",
        b"From: " + b"a@" * 30_000 + b"\r\n\r\nlamp",
        b"References: " + b"<" * 60_000 + b"\r\n\r\nlamp",
        b"Authentication-Results: " + b"(" * 60_000 + b"\r\n\r\nlamp",
        b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 lamp\n" + b"M" * 100_000,
        b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+" * 300_000,
    ],
    ids=range(17),
)
def test_what_is_within_bounds_is_read_to_its_end(raw):
    with ending():
        assert isinstance(read_mail(raw), ReadMail)


def test_a_very_long_text_is_cut_and_comes_along_whole():
    mail = a_mail(body=b"A lamp. " * 50_000)
    assert len(mail.text) == 200_000 and [file.name for file in mail.files] == ["mail.txt"]
    assert len(mail.files[0].content) == 400_000


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0))
def test_a_broken_mail_is_read_or_refused_and_nothing_else(seed):
    luck = random.Random(seed)
    raw = bytearray(luck.choice(SAMPLES))
    for _ in range(luck.randint(1, 12)):
        at, width = luck.randrange(len(raw)), luck.randint(0, 30)
        new = luck.choice(
            [b"", luck.randbytes(width), luck.choice(SAMPLES)[at : at + width], bytes(raw[at : at + 99])]
        )
        raw[at : at + luck.choice([0, width])] = new
        raw = raw or bytearray(b"x")
    try:
        mail = read_mail(bytes(raw))
    except MailRefused:
        return
    for text in (
        mail.text,
        mail.subject,
        mail.from_name,
        *(file.name for file in mail.files),
        *mail.references,
    ):
        assert "\x00" not in text and text.encode().decode() == text
    assert mail.from_address == "" or mail.from_address.count("@") == 1


@given(st.binary(max_size=400))
def test_noise_is_read_or_refused_and_nothing_else(raw):
    with suppress(MailRefused):
        assert isinstance(read_mail(raw), ReadMail)
