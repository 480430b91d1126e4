"""Files that people send are kept as what they are, and only if they are what their names say."""

from collections.abc import Mapping
from io import BytesIO
from random import Random
from types import MappingProxyType
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from PIL import Image, ImageCms

from aftersale.base.errors import BadInput
from aftersale.returns.tests.cast import World
from aftersale.support.attachments import (
    FileRefused,
    forget_old_drafted,
    keep_with_draft,
    made_safe,
    safe_ones,
)
from aftersale.support.models import Attachment, AttachmentBytes
from aftersale.support.tests.cast import ask, with_file
from tests.patience import ending

CARD = "4242 4242 4242 4242"


def a_picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "red").save(written, kind, **options)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize(
    ("kind", "name", "kept_as", "kept_name"),
    [
        ("JPEG", "lamp.jpg", "image/jpeg", "lamp.jpg"),
        ("JPEG", "LAMP.JPEG", "image/jpeg", "LAMP.JPEG"),
        ("PNG", "lamp.png", "image/png", "lamp.png"),
        ("WEBP", "lamp.webp", "image/webp", "lamp.webp"),
        ("GIF", "lamp.gif", "image/png", "lamp.png"),
        ("WEBP", "lamp.jpg", "image/webp", "lamp.webp"),
        ("PNG", "image", "image/png", "image.png"),
    ],
)
def test_a_picture_is_drawn_anew_under_an_ending_that_is_true(kind, name, kept_as, kept_name):
    safe = made_safe(name, a_picture(kind))
    assert (safe.kind, safe.name, safe.width, safe.height) == (kept_as, kept_name, 60, 40)
    assert f"image/{(opened(safe.content).format or '').lower()}" == kept_as
    assert opened(safe.thumbnail or b"").size == (60, 40)


def test_a_photo_stands_upright_and_tells_no_place():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    exif.get_ifd(0x8825)[1] = "N"
    photo = a_picture("JPEG", exif=exif, comment=b"at home")
    assert opened(photo).getexif()
    safe = made_safe("photo.jpg", photo)
    assert (safe.width, safe.height) == (40, 60)
    kept = opened(safe.content)
    assert not kept.getexif() and not set(kept.info) & {"exif", "comment", "xmp", "icc_profile"}


def test_colours_of_another_profile_are_told_in_the_usual_one():
    """Here one in which red and blue are exchanged; a profile that is none changes nothing."""
    written = BytesIO()
    Image.new("RGB", (8, 8), (200, 120, 40)).save(written, "PNG", icc_profile=swapped_profile())
    assert opened(made_safe("lamp.png", written.getvalue()).content).getpixel((0, 0)) == (40, 120, 200)
    broken = a_picture("PNG", icc_profile=b"no profile")
    assert opened(made_safe("lamp.png", broken).content).getpixel((0, 0)) == (255, 0, 0)


def swapped_profile() -> bytes:
    """sRGB, with what red and blue mean exchanged."""
    plain = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(plain[128:132])
    tags = {bytes(plain[132 + 12 * at : 136 + 12 * at]): 132 + 12 * at for at in range(count)}
    plain[tags[b"rXYZ"] : tags[b"rXYZ"] + 4], plain[tags[b"bXYZ"] : tags[b"bXYZ"] + 4] = b"bXYZ", b"rXYZ"
    return bytes(plain)


def test_what_stands_behind_a_picture_is_not_kept():
    safe = made_safe("lamp.gif", a_picture("GIF") + b"<script>alert(1)</script>")
    assert b"script" not in safe.content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"<html><script>alert(1)</script></html>"),
        ("photo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("page.html", b"<html></html>"),
        ("invoice.pdf", b"MZ\x90\x00" + bytes(200)),
        ("invoice.pdf.exe", b"%PDF-1.7\n%%EOF"),
        ("invoice.pdf", b"GIF89a %PDF-1.7"),
        ("photo.jpg", b"%PDF-1.7\n%%EOF"),
        ("notes.txt", bytes(range(256))),
        ("notes", b"MZ\x90\x00" + bytes(200)),
        ("photo.heic", b"\0\0\0\x18ftypheic" + bytes(40)),
        ("photo.jpg", a_picture("JPEG")[:200]),
        ("photo.png", a_picture()[:60]),
        ("photo.bmp", a_picture("BMP")),
        ("pack.zip", b"PK\x05\x06" + bytes(18)),
        ("letter.docx", b"PK\x03\x04" + bytes(100)),
        ("empty.txt", b""),
    ],
)
def test_what_is_not_what_its_name_says_is_refused_by_name(name, content):
    with pytest.raises(BadInput) as refused:
        made_safe(name, content)
    assert refused.value.field == "files" and refused.value.given == name


def test_a_bomb_is_refused_before_it_is_drawn():
    with pytest.raises(BadInput, match="50 megapixels"):
        made_safe("bomb.png", a_bomb())


def a_bomb() -> bytes:
    """20,000 by 20,000 pixels in some kilobytes."""
    written = BytesIO()
    Image.new("1", (20_000, 20_000)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ann\\notes.txt", "notes.txt"),
        ("annexe\u202etxt.txt", "annexetxt.txt"),
        ("a\x00b\nc.txt", "ab c.txt"),
        ("...txt", "txt.txt"),
        ("", "file.txt"),
        (".txt", "txt.txt"),
        ("灯坏了.txt", "灯坏了.txt"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
        (f"{CARD}.txt", "[card number removed: Visa ending 4242].txt"),
    ],
)
def test_a_name_has_no_path_nothing_unseen_and_no_card_number(name, kept):
    assert made_safe(name, b"hello").name == kept


def test_a_text_file_is_kept_without_card_numbers():
    safe = made_safe("notes.txt", f"My card is {CARD}.\r\nThanks".encode())
    assert safe.content == b"My card is [card number removed: Visa ending 4242].\nThanks"
    assert safe.cards_removed == (("Visa", "4242"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_chinese_table_is_kept_as_spreadsheets_read_it(encoding):
    safe = made_safe("表.csv", "商品,数量\n台灯,1\n".encode(encoding))
    assert (safe.kind, safe.content.decode("utf-8-sig")) == ("text/csv", "商品,数量\n台灯,1\n")


def test_what_nobody_sent_is_forgotten_after_a_month(world: World):
    [old] = keep_with_draft(ports=world.ports, by=world.ann, files=[made_safe("old.txt", b"hello")])
    world.clock.move(days=29)
    keep_with_draft(ports=world.ports, by=world.ann, files=[made_safe("new.txt", b"hello")])
    sent = with_file(world, ask(world).posts.get(number=1))
    assert forget_old_drafted(ports=world.ports) == 0
    world.clock.move(days=2)
    assert forget_old_drafted(ports=world.ports) == 1
    assert {file.name for file in Attachment.objects.all()} == {"new.txt", sent.name}
    assert not AttachmentBytes.objects.filter(attachment=old.pk).exists()


def test_a_mail_s_good_files_are_kept_and_the_others_named():
    pictures = [(f"{number}.txt", b"hello") for number in range(25)]
    safe, left_out = safe_ones([(f"{CARD}.exe", b"MZ"), *pictures])
    assert len(safe) == 20
    assert left_out == ["[card number removed: Visa ending 4242].exe", *(f"{n}.txt" for n in range(20, 25))]


def a_document(
    text: str, *, part: str = "word/document.xml", more: Mapping[str, bytes] = MappingProxyType({})
) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(part, f"<w:document><w:p><w:t>{text}</w:t></w:p></w:document>")
        for name, content in more.items():
            packed.writestr(name, content)
    return written.getvalue()


def test_a_document_is_kept_as_it_is():
    letter = a_document("Hello")
    assert made_safe("letter.docx", letter).content == letter
    table = a_document("7", part="xl/workbook.xml")
    assert made_safe("table.xlsx", table).kind.endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(
    ("name", "content", "accepted"),
    [
        ("letter.docx", a_document(CARD), "without card numbers"),
        ("letter.docx", a_document("4242</w:t></w:r><w:r><w:t> 4242 4242 4242"), "without card numbers"),
        ("table.xlsx", a_document(f"<v>{CARD.replace(' ', '')}</v>", part="xl/workbook.xml"), "without card"),
        ("letter.docx", a_document("Hello", more={"word/vbaProject.bin": b"macro"}), "without macros"),
        ("letter.docx", a_document("Hello", more={"word/big.xml": bytes(30_000_000)}), "without macros"),
        ("letter.docx", a_document("7", part="xl/workbook.xml"), "docx"),
        ("letter.pdf", a_document("Hello"), "pdf"),
    ],
)
def test_a_document_with_macros_or_card_numbers_or_another_name_is_refused(name, content, accepted):
    with pytest.raises(BadInput, match=accepted):
        made_safe(name, content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_broken_pictures_are_refused_and_nothing_else_happens(kind):
    """Bytes altered and cut at a hundred places: a picture, or a sentence."""
    drawn, chance = a_picture(kind, (64, 64)), Random(7)
    for _ in range(100):
        broken = bytearray(drawn)
        for _ in range(5):
            broken[chance.randrange(8, len(broken))] = chance.randrange(256)
        try:
            safe = made_safe("lamp.jpg", bytes(broken[: chance.randrange(20, len(broken) + 1)]))
        except FileRefused:
            continue
        assert opened(safe.content).size == (safe.width, safe.height)


@pytest.mark.parametrize("name", ["log.txt", "letter.docx"])
def test_a_text_full_of_digits_is_read_to_its_end(name):
    digits = "4242 4242 4242 424 " * 105_000
    hostile = digits.encode() if name == "log.txt" else a_document(digits)
    with ending():
        made_safe(name, hostile)
    too_long = hostile * 2 if name == "log.txt" else a_document(digits * 2)
    with pytest.raises(BadInput):
        made_safe(name, too_long)
