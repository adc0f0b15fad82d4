"""Promises of the document readers: one record a file, in every format a note is kept in."""

import os
import random
import sys
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from io import BytesIO
from xml.sax.saxutils import escape

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib import pagesizes, pdfencrypt
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from checker.read.docx import read_docx
from checker.read.email import read_email
from checker.read.markup import html_text, read_html, read_rtf, rtf_text
from checker.read.pdf import MOST_PAGES, read_pdf
from checker.read.plain import decode, read_plain, table_row, tidy
from checker.read.problem import CannotRead

NOTE = (
    "Amara asked whether panel people could move her if they did not like her drawing, which tells us that "
    "she still believes a home can be lost for a small fault; we should have seen that in October."
)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def problem_of(read: Callable[[bytes, str], str], data: bytes) -> CannotRead:
    with pytest.raises(CannotRead) as caught:
        read(data, "note")
    assert "note" in caught.value.message and "\n" not in caught.value.message
    assert caught.value.message.endswith(".")
    return caught.value


def word(body: str, **parts: str) -> bytes:
    """A Word file with this body, written as raw XML the way word processors write it."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?><w:document xmlns:w="{W}" '
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
            f'xmlns:v="urn:schemas-microsoft-com:vml"><w:body>{body}</w:body></w:document>',
        )
        for name, part in parts.items():
            package.writestr(f"word/{name}.xml", part)
    return file.getvalue()


def p(*runs: str, properties: str = "") -> str:
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def saved(document: docx.document.Document) -> bytes:
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def word_note() -> bytes:
    document = docx.Document()
    document.add_heading("Case supervision", 1)
    document.add_paragraph(NOTE)
    document.add_paragraph("Seen alone at school", style="List Bullet")
    document.add_paragraph("Ring the GP", style="List Number")
    document.add_paragraph("Write to the agency", style="List Number")
    table = document.add_table(3, 3)
    rows = [
        ["What", "Who", "When"],
        ["Ring the GP\nand the school", "SW", "14 March"],
        ["Visit", "", "1 May"],
    ]
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.sections[0].header.paragraphs[0].text = "Exampleshire Council"
    document.sections[0].footer.paragraphs[0].text = "Official sensitive"
    return saved(document)


def pdf_note(pages: int = 3) -> bytes:
    """A council's PDF: header and footer, headings, wrapped paragraphs, bullets and a ruled table."""

    def margins(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.drawString(72, 790, "Exampleshire Council")
        canvas.drawString(72, 40, f"Page {document.page} of {pages}")
        canvas.saveState()
        canvas.rotate(45)
        canvas.drawString(400, 100, "DRAFT")
        canvas.restoreState()

    style = getSampleStyleSheet()
    flow = []
    for number in range(1, pages + 1):
        step = f"Explain panel to Amara with the picture booklet, part {number}"
        flow += [
            Paragraph(f"Part {number}: analysis", style["Heading2"]),
            Paragraph(f"In part {number}, {NOTE}", style["Normal"]),
            Paragraph("Seen alone at school", style["Bullet"], bulletText="\u2022"),
            Paragraph("She was quiet when asked about home. " * 4, style["Bullet"], bulletText="\u2022"),
            Table(
                [["What", "Who", "When"], [Paragraph(step), "Tomasz", "23 May"]],
                colWidths=[150, 60, 60],
                style=[("GRID", (0, 0), (-1, -1), 0.5, "black")],
            ),
            PageBreak(),
        ]
    file = BytesIO()
    SimpleDocTemplate(file, pagesize=pagesizes.A4).build(flow, onFirstPage=margins, onLaterPages=margins)
    return file.getvalue()


def rtf_note() -> bytes:
    return (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f3\fcharset2 Symbol;}}{\header Council\par}"
        rb"\pard Caf\'e9 visit \u8211? seen {\b alone}.\par{\listtext\f3\'b7\tab}Wants jollof\par "
        rb'See {\field{\*\fldinst{HYPERLINK "http://example.org/x"}}{\fldrslt the plan}}.\par '
        rb"Kept{\deleted  and dropped}.\par\trowd\cellx100\cellx200\pard\intbl Ring GP\par and school\cell SW\cell"
        rb"\row\pard After\par{\pict\wmetafile8 0102}}"
    )


def html_note() -> bytes:
    return (
        "<!doctype html><html><head><meta charset='windows-1252'><title>Export</title><style>p{}</style></head>"
        "<body><h1>Supervision</h1><p>Seen at\n the caf\xe9 &amp; <b>al</b>one.<br>Next line</p>"
        "<ul><li><p>Wants jollof</p></li></ul><ol start=3><li>Ring GP</li><li>Visit</li></ol>"
        "<table><tr><th>What</th><th>Who</th></tr><tr><td><p>Ring</p><p>GP</p></td><td>SW</td></tr></table>"
        "<script>alert('x')</script><p style='display:none'>hidden</p></body></html>"
    ).encode("cp1252")


def email_note() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Supervision \u2013 14 March"
    message["From"] = "manager@example.org"
    message.set_content(NOTE)
    message.add_alternative(f"<p>Page version. {NOTE}</p>", subtype="html")
    message.add_attachment(b"attached text", maintype="text", subtype="plain", filename="other.txt")
    return message.as_bytes()


SAMPLES = [
    (read_plain, NOTE.encode()),
    (read_docx, word_note()),
    (read_pdf, pdf_note(1)),
    (read_rtf, rtf_note()),
    (read_html, html_note()),
    (read_email, email_note()),
]


# Plain text


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_text_is_read_untouched_in_every_encoding(encoding):
    text = "Amara’s café – “seen” £5\r\nnext line\rold Mac line\n\n end \t\n"
    assert read_plain(text.encode(encoding), "note.txt") == text


@given(st.text(min_size=1).filter(lambda text: not text.startswith("\ufeff")))
def test_any_utf8_text_comes_back_as_written(text):
    assert decode(b"\xef\xbb\xbf" + text.encode()) == text


def test_one_broken_byte_leaves_the_rest_of_a_utf8_file_readable():
    data = bytearray(("é’– " * 20).encode())
    data[3] ^= 0x40
    assert read_plain(bytes(data), "note.txt").count("é") == 20


def test_a_picture_saved_as_text_is_the_wrong_type():
    picture = BytesIO()
    Image.effect_noise((80, 80), 60).save(picture, "PNG")
    assert problem_of(read_plain, picture.getvalue()).kind == "wrong_type"


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf"])
def test_an_empty_text_file_says_it_is_empty(data):
    assert problem_of(read_plain, data).kind == "empty"


@given(st.text())
def test_tidy_text_has_no_control_characters_and_stays_as_it_is(text):
    once = tidy(text)
    assert all(character.isprintable() or character in "\n\t" or ord(character) > 0x9F for character in once)
    assert once.splitlines() == once.split("\n") or not once
    assert tidy(once) == once


@given(st.lists(st.text()))
def test_a_table_row_is_one_line(cells):
    assert len(table_row(cells).splitlines()) <= 1


# Word


def test_word_paragraphs_lists_and_rows_are_lines_and_headers_are_left_out():
    assert read_docx(word_note(), "note.docx").split("\n") == [
        "Case supervision",
        NOTE,
        "• Seen alone at school",
        "1. Ring the GP",
        "2. Write to the agency",
        "What | Who | When",
        "Ring the GP and the school | SW | 14 March",
        "Visit |  | 1 May",
    ]


def test_merged_cells_are_read_once():
    document = docx.Document()
    table = document.add_table(3, 3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"c{number}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "tall"
    assert read_docx(saved(document), "note.docx") == "wide | c2\ntall | c4 | c5\nc7 | c8"


def test_a_frame_of_one_cell_keeps_its_paragraphs():
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "Reflection"
    cell.add_paragraph("She was calmer.")
    assert read_docx(saved(document), "note.docx") == "Reflection\nShe was calmer."


def test_tracked_insertions_are_kept_and_deletions_dropped():
    mark = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    data = word(
        p(
            r("Visit "),
            f"<w:ins>{r('weekly')}</w:ins>",
            "<w:del><w:r><w:delText>daily</w:delText></w:r></w:del>",
        )
        + p(f"<w:moveFrom>{r('Moved')}</w:moveFrom>", r("Stays"))
        + p(f"<w:moveTo>{r('Moved')}</w:moveTo>")
        + p(r("Joined "), properties=mark)
        + p(r("up"))
        + f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{p(r('gone'))}</w:tc><w:tc>{p(r('too'))}</w:tc></w:tr>"
        + f"<w:tr><w:trPr><w:ins/></w:trPr><w:tc>{p(r('a'))}</w:tc><w:tc>{p(r('b'))}</w:tc></w:tr></w:tbl>"
    )
    assert read_docx(data, "note.docx") == "Visit weekly\nStays\nMoved\nJoined up\na | b"


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{p(r('In the box'))}</w:txbxContent>"
    both = (
        f"<mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    )
    assert read_docx(word(p(r("Before"), f"<w:r>{both}</w:r>")), "note.docx") == "Before\nIn the box"
    old = word(p(f"<w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r>"))
    assert read_docx(old, "note.docx") == "In the box"


def test_content_controls_links_and_fields_are_read_and_empty_prompts_are_not():
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{r('Click to enter text')}</w:sdtContent></w:sdt>"
    data = word(
        f"<w:sdt><w:sdtPr/><w:sdtContent>{p(r('Controlled'))}</w:sdtContent></w:sdt>"
        + p(r("Child: "), f"<w:sdt><w:sdtContent>{r('Amara')}</w:sdtContent></w:sdt>", prompt)
        + p(f"<w:hyperlink>{r('the plan')}</w:hyperlink>", f"<w:fldSimple>{r(' of May')}</w:fldSimple>")
        + p("<w:r><w:instrText>MERGEFIELD</w:instrText><w:br/><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r>")
    )
    assert read_docx(data, "note.docx") == "Controlled\nChild: Amara\nthe plan of May\n\na\tb"


def test_list_markers_are_counted_as_word_counts_them():
    def level(number: int, form: str, text: str) -> str:
        return f'<w:lvl w:ilvl="{number}"><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'

    def item(text: str, number: int, depth: int = 0) -> str:
        place = f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
        return p(r(text), properties=place)

    numbering = (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">'
        + level(0, "decimal", "%1.")
        + level(1, "lowerLetter", "(%2)")
        + level(2, "lowerRoman", "%1.%3")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2">'
        '<w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        "</w:numbering>"
    )
    body = item("a", 1) + item("b", 1, 1) + item("c", 1, 1) + item("d", 1, 2) + item("e", 1) + item("f", 1, 1)
    data = word(body + item("g", 2) + item("h", 1) + item("i", 9), numbering=numbering)
    assert read_docx(data, "note.docx").split("\n") == [
        *("1. a", "(a) b", "(b) c", "1.i d", "2. e", "(a) f", "5. g", "3. h", "• i")
    ]


def test_a_word_file_of_pictures_has_no_text():
    picture = BytesIO()
    Image.new("RGB", (20, 20)).save(picture, "PNG")
    document = docx.Document()
    document.add_picture(picture)
    assert problem_of(read_docx, saved(document)).kind == "no_text"
    assert problem_of(read_docx, saved(docx.Document())).kind == "empty"


def test_old_protected_and_foreign_office_files_are_told_apart():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "save it as .docx" in problem_of(read_docx, ole + "WordDocument".encode("utf-16-le")).message
    assert problem_of(read_docx, ole + "EncryptedPackage".encode("utf-16-le")).kind == "protected"
    assert problem_of(read_docx, b"just words").kind == "wrong_type"
    other = BytesIO()
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
    assert problem_of(read_docx, other.getvalue()).kind == "wrong_type"


def test_a_word_file_that_swells_is_refused():
    assert problem_of(read_docx, word(p(r("a" * 30_000_000)))).kind == "too_large"


def test_entities_are_never_expanded():
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE w [<!ENTITY e0 "{"lol" * 10}">{levels}<!ENTITY file SYSTEM "file:///etc/hostname">]>'
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        body = f'{xml}<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>Seen &e9;&file;</w:t></w:r></w:p></w:body></w:document>'
        package.writestr("word/document.xml", body)
    try:
        text = read_docx(file.getvalue(), "note")
    except CannotRead as refused:
        assert refused.kind == "corrupt"
    else:
        assert text == "Seen"


# PDF


def test_pdf_lines_are_paragraphs_again_and_headers_footers_and_numbers_are_gone():
    expected = []
    for number in (1, 2, 3):
        expected += [f"Part {number}: analysis", f"In part {number}, {NOTE}", "• Seen alone at school"]
        expected += ["• " + ("She was quiet when asked about home. " * 4).strip(), "What | Who | When"]
        expected += [f"Explain panel to Amara with the picture booklet, part {number} | Tomasz | 23 May"]
    assert read_pdf(pdf_note(3), "note.pdf").split("\n") == expected


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_pdf_page_reads_as_an_upright_one(turned):
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf_note(1))
    # What a turned page shows must be drawn turned, so a page is put on its side and turned back.
    upright = read_pdf(pdf_note(1), "note.pdf")
    page = document[0]
    width, height = page.get_size()
    matrix = {90: (0, 1, -1, 0, height, 0), 180: (-1, 0, 0, -1, width, height), 270: (0, -1, 1, 0, 0, width)}
    size = (height, width) if turned != 180 else (width, height)
    for drawing in page.get_objects(max_depth=1):
        drawing.transform(pypdfium2.PdfMatrix(*matrix[turned]))
    page.set_mediabox(0, 0, *size)
    page.set_rotation(turned)
    page.gen_content()
    file = BytesIO()
    document.save(file)
    assert read_pdf(file.getvalue(), "note.pdf") == upright


def test_words_broken_at_a_line_end_are_mended():
    file = BytesIO()
    canvas = Canvas(file, pagesizes.A4)
    lines = [
        "The school has asked for a multi-agency meeting, and the super-",
        "vision of her contact is well-",
    ]
    lines += [
        "kept, although the carer has asked for a multi-",
        "agency plan for the long summer holiday ahead of us.",
    ]
    for number, line in enumerate(lines):
        canvas.drawString(72, 700 - 14 * number, line)
    canvas.save()
    assert read_pdf(file.getvalue(), "note.pdf") == (
        "The school has asked for a multi-agency meeting, and the supervision of her contact is well-kept, "
        "although the carer has asked for a multi-agency plan for the long summer holiday ahead of us."
    )


def test_a_short_line_is_not_joined_to_the_next():
    file = BytesIO()
    canvas = Canvas(file, pagesizes.A4)
    lines = [
        "Child: Amara Okafor",
        "Date of supervision: 14 March 2025, at the office",
        "Present: Helen",
        "No concerns",
    ]
    for number, line in enumerate(lines):
        canvas.drawString(72, 700 - 14 * number, line)
    canvas.save()
    assert read_pdf(file.getvalue(), "note.pdf").split("\n") == lines


def test_a_scan_says_that_it_is_a_scan():
    file = BytesIO()
    Image.effect_noise((200, 300), 40).convert("RGB").save(file, "PDF")
    problem = problem_of(read_pdf, file.getvalue())
    assert problem.kind == "no_text" and "scan" in problem.message


def test_a_blank_pdf_has_no_text_but_is_no_scan():
    file = BytesIO()
    canvas = Canvas(file)
    canvas.showPage()
    canvas.save()
    problem = problem_of(read_pdf, file.getvalue())
    assert problem.kind == "no_text" and "scan" not in problem.message


def test_a_pdf_with_a_password_is_protected():
    file = BytesIO()
    canvas = Canvas(file, encrypt=pdfencrypt.StandardEncryption("secret"))
    canvas.drawString(72, 700, NOTE)
    canvas.save()
    assert problem_of(read_pdf, file.getvalue()).kind == "protected"


def test_a_pdf_of_too_many_pages_is_refused():
    file = BytesIO()
    canvas = Canvas(file)
    for _ in range(MOST_PAGES + 1):
        canvas.showPage()
    canvas.save()
    assert problem_of(read_pdf, file.getvalue()).kind == "too_large"
    assert problem_of(read_pdf, b"words").kind == "wrong_type"


# HTML and RTF


def test_html_blocks_items_and_rows_are_lines_and_what_is_not_shown_is_dropped():
    assert read_html(html_note(), "note.html").split("\n") == [
        *(
            "Supervision",
            "Seen at the café & alone.",
            "Next line",
            "• Wants jollof",
            "3. Ring GP",
            "4. Visit",
        ),
        *("What | Who", "Ring GP | SW"),
    ]


def test_a_layout_table_keeps_the_lines_of_the_table_inside_it():
    inner = "<table><tr><td>a<td>b</tr><tr><td>c<td>d</tr></table>"
    assert (
        html_text(f"<table><tr><td>Left</td><td>Plan{inner}</td></tr></table>") == "Left\nPlan\na | b\nc | d"
    )


def test_html_in_a_cell_that_is_only_text_stays_text():
    assert html_text("Risk < 5 &amp; falling") == "Risk < 5 & falling"
    assert html_text("") == html_text("<!-- nothing -->") == ""


def test_html_nested_without_end_is_refused_and_not_cut():
    with pytest.raises(CannotRead):
        html_text("<div>" * 5000 + "deep")
    assert html_text("<div>" * 150 + "deep") == "deep"


def test_rtf_paragraphs_items_and_rows_are_lines():
    assert read_rtf(rtf_note(), "note.rtf").split("\n") == [
        *(
            "Café visit – seen alone.",
            "· Wants jollof",
            "See the plan.",
            "Kept.",
            "Ring GP and school | SW",
            "After",
        )
    ]


def test_rtf_without_a_header_is_the_wrong_type():
    assert problem_of(read_rtf, b"Dear all").kind == "wrong_type"
    assert problem_of(read_rtf, rb"{\rtf1\ansi }").kind == "empty"


# E-mail


def test_an_email_gives_its_subject_and_plain_body_and_leaves_attachments():
    assert read_email(email_note(), "note.eml") == f"Supervision – 14 March\n\n{NOTE}"


def test_an_email_of_html_alone_is_read_as_a_page():
    message = EmailMessage()
    message["Subject"] = "Note"
    message.set_content("<p>One</p><p>Two</p>", subtype="html")
    assert read_email(message.as_bytes(), "note.eml") == "Note\n\nOne\nTwo"


def test_lines_that_the_mail_program_broke_are_joined():
    data = b"Subject: Note\r\nContent-Type: text/plain; format=flowed\r\n\r\nSeen alone \r\nat school.\r\nNext.\r\n"
    assert read_email(data, "note.eml") == "Note\n\nSeen alone at school.\nNext."


def test_an_email_in_an_unknown_or_wrong_charset_is_still_read():
    for charset in (b"x-unknown", b"utf-8", b"us-ascii"):
        data = b"Subject: Note\nContent-Type: text/plain; charset=" + charset + b"\n\nCaf\xe9 \x96 seen\n"
        assert read_email(data, "note.eml") == "Note\n\nCafé – seen"


def test_emails_without_text_of_their_own_say_so():
    message = EmailMessage()
    message["Subject"] = "Note"
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="note.pdf")
    assert problem_of(read_email, message.as_bytes()).kind == "empty"
    sealed = b"Subject: Note\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\nMIIB\n"
    assert problem_of(read_email, sealed).kind == "protected"
    assert problem_of(read_email, b"Dear all").kind == "wrong_type"


# Damage


def assert_reads_or_says_why(read: Callable[[bytes, str], str], data: bytes) -> None:
    try:
        text = read(data, "note")
    except CannotRead as problem:
        assert problem.message.startswith("note") and problem.message.endswith(".")
    else:
        assert text.strip()
        text.encode()


@pytest.mark.parametrize(("read", "whole"), SAMPLES, ids=lambda value: getattr(value, "__name__", ""))
def test_truncated_files_are_read_or_refused_in_a_sentence(read, whole):
    for share in range(25):
        assert_reads_or_says_why(read, whole[: len(whole) * share // 25])


@pytest.mark.parametrize(("read", "whole"), SAMPLES, ids=lambda value: getattr(value, "__name__", ""))
def test_files_with_flipped_bits_are_read_or_refused_in_a_sentence(read, whole):
    chance = random.Random(3)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        assert_reads_or_says_why(read, bytes(damaged))


@pytest.mark.parametrize("read", [read for read, _ in SAMPLES], ids=lambda read: read.__name__)
@given(data=st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused_in_a_sentence(read, data):
    start = {
        read_rtf: b"{\\rtf1 ",
        read_docx: b"PK\x03\x04",
        read_pdf: b"%PDF-1.4\n",
        read_email: b"Subject: x\n",
    }
    assert_reads_or_says_why(read, start.get(read, b"") + data)


_XML = st.recursive(
    st.text("ab 1", max_size=5).map(r),
    lambda inner: st.builds(
        lambda name, parts: f"<w:{name}>{''.join(parts)}</w:{name}>",
        st.sampled_from(
            "p tbl tr tc sdt sdtContent ins del pPr rPr numPr txbxContent hyperlink tcPr vMerge".split()
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=30,
)


@given(_XML)
@settings(deadline=None)
def test_word_elements_in_any_order_are_read(body):
    assert_reads_or_says_why(read_docx, word(body))


@given(
    st.lists(
        st.sampled_from(
            r"{ } \par \cell \row \pard \intbl \u-10179? \u55357? \'e9 \'zz \bin99 \pict \uc0 \ansicpg0 é \\ a".split()
        )
    )
)
@settings(deadline=None)
def test_rtf_words_in_any_order_are_read(words):
    assert_reads_or_says_why(read_rtf, (r"{\rtf1 " + " ".join(words)).encode())


@given(st.text(alphabet="<>/&;#x0D8 tablerdiv'\"=!-\x00\ud800", max_size=200))
def test_any_html_gives_text_that_can_be_written_down(markup):
    html_text(markup).encode()


def test_a_long_rtf_line_of_links_does_not_take_long():
    rtf_text(r"{\rtf1 " + r"{\field{\*\fldinst{" * 20_000)


# Start-up


def test_reading_plain_text_imports_no_library(tmp_path):
    import subprocess

    heavy = ("lxml", "pypdfium2", "striprtf")
    code = f"import sys, checker.read.plain, checker.read.docx, checker.read.pdf, checker.read.markup, checker.read.email; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=os.environ
    )
    assert out.stdout.strip() == "[]", out.stderr
