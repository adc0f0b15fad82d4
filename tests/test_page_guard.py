"""What the page promises of safety."""

import io
import os
import random
import re
import subprocess
import sys
import zipfile

import pytest
from argon2 import PasswordHasher
from hypothesis import example, given, settings
from hypothesis import strategies as st
from page_client import NAME, NOTES, ROOT, Visitor, checker, marked, tree, words

from checker.checking import Checker
from checker.page import apart, app
from checker.page.app import application
from checker.page.guard import COOKIE, HEADERS, LARGEST_REQUEST, MOST_TRIES, Door
from checker.read.held import HeldFile
from checker.record import Unreadable
from checker.settings import Settings

SECRET = "Zebediah Quillfeather was seen on Monday and said that he was cold."
PAGES = [route.path for route in app.ROUTES if "GET" in route.methods and "{" not in route.path]
FORMS = [route.path for route in app.ROUTES if "POST" in route.methods]
SPREADSHEET = ROOT / "examples" / "exports" / "export.xlsx"


@pytest.fixture
def visitor():
    return Visitor()


def test_another_name_for_this_machine_is_refused(visitor):
    for name in ("evil.example", f"{NAME}.evil.example", "", "[::1", "x" * 5000):
        assert visitor.get("/", headers={"host": name}).status_code == 400
    assert visitor.get("/", headers={"host": f"{NAME.upper()}:8765"}).status_code == 200


@pytest.mark.parametrize("path", FORMS)
def test_no_form_is_taken_without_its_token_or_with_another_visitors(visitor, path):
    for token in ("", "0" * 64, Visitor().token(), "ä"):
        visitor.get("/")
        answer = visitor.post(path, data={"token": token, "note": SECRET})
        assert answer.status_code == 403 and "load it again" in answer.text


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}, {"origin": "null"}]
)  # fmt: skip
def test_no_form_is_taken_from_another_site(visitor, path, headers):
    answer = visitor.post(path, data={"token": visitor.token(), "note": SECRET}, headers=headers)
    assert answer.status_code == 403 and "from another site" in answer.text


OWN_PAGE = [{"sec-fetch-site": "same-origin"}, {"origin": f"http://{NAME}"}]
TYPED = f'<script>"{SECRET}"</script>\n\n  &amp; more'


def given_back(answer) -> str:
    """What stands in the text box of an answer that refuses, with a token that is taken."""
    assert answer.status_code == 403 and "press the button once more" in words(tree(answer))
    (box,) = marked(tree(answer), "textarea", name="note")
    return "".join(box.itertext())


@pytest.mark.parametrize("path", ["/note", "/note/report", "/practice/better/thursdays"])
@pytest.mark.parametrize("headers", OWN_PAGE)
def test_a_page_from_before_a_restart_gets_its_text_back_and_nothing_is_done_until_the_next_press(
    path, headers
):
    before = Visitor(application(checker(), Door(hosts=frozenset({NAME}))))
    visitor = Visitor(application(checker(), Door(hosts=frozenset({NAME}))), cookies=before.cookies)
    form = {"token": before.token(), "note": TYPED, "kind": "personal"}
    answer = visitor.post(path, data=form, headers=headers, follow_redirects=False)
    assert given_back(answer) == TYPED
    assert "What the note shows" not in answer.text and "What your version changes" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "Quillfeather" not in str(answer.headers)
    (token,) = {field.get("value") for field in marked(tree(answer), "input", name="token")}
    again = visitor.post(path, data=form | {"token": token}, headers=headers)
    assert again.status_code == 200 and "Quillfeather" in again.text


def test_text_that_may_come_from_anywhere_is_not_given_back(visitor):
    others = [{}, {"sec-fetch-site": "none"}, {"sec-fetch-site": "cross-site", "origin": f"http://{NAME}"}]
    for headers in [*others, {"sec-fetch-site": "same-origin", "origin": "https://evil.example"}]:
        answer = visitor.post("/note", data={"token": "0" * 64, "note": SECRET}, headers=headers)
        assert answer.status_code == 403 and "Quillfeather" not in answer.text


def test_a_file_that_is_not_given_back_is_asked_for_again(visitor):
    for path in ("/note", "/many/file"):
        form = {"token": "0" * 64}
        answer = visitor.post(path, data=form, files={"file": ("a.csv", b"text\nx")}, headers=OWN_PAGE[0])
        assert answer.status_code == 403 and "choose the file again" in words(tree(answer))


def test_the_address_that_a_form_leaves_behind_can_be_asked_for(visitor):
    for form in (
        "/note",
        "/note/report",
        "/many/file",
        "/practice/spot/easier-1",
        "/practice/better/thursdays",
    ):
        assert visitor.get(form).status_code == 200


def test_every_answer_forbids_inline_scripts_frames_and_caches(visitor):
    answers = [*map(visitor.get, [*PAGES, "/nowhere", "/note"]), visitor.sends("/note", note=SECRET)]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_no_page_needs_what_its_policy_forbids(visitor):
    answers = [*map(visitor.get, PAGES), visitor.sends("/note", note=SECRET)]
    pages = [answer for answer in answers if answer.headers.get("content-type", "").startswith("text/html")]
    assert len(pages) > len(PAGES) / 2
    for page in pages:
        for element in tree(page).iter():
            assert element.tag != "style"
            assert element.tag != "script" or (element.get("src") and not element.text)
            assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
            for link in (element.get("src"), element.get("href"), element.get("action")):
                assert link is None or link.startswith(("/", "#"))


def test_no_style_or_script_names_another_place():
    static = [
        path for path in (ROOT / "checker" / "page" / "static").rglob("*") if path.suffix in (".css", ".js")
    ]
    assert len(static) >= 3
    for path in [*static, ROOT / "checker" / "report" / "parts.css"]:
        assert not re.search(
            r"url\(|@import|@font-face|//\w+\.\w|transport|crest", path.read_text(encoding="utf-8"), re.I
        )


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_holds_only_a_number(visitor):
    (cookie,) = visitor.get("/").headers.get_list("set-cookie")
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; Path=/; HttpOnly; SameSite=Lax", cookie)
    assert not visitor.sends("/note", note=SECRET).headers.get_list("set-cookie")


def test_behind_https_the_cookie_is_sent_by_https_alone():
    door = Door(hosts=frozenset({NAME}), proxies=frozenset({"10.0.0.5"}))
    page = application(checker(), door)
    said = {"x-forwarded-proto": "https"}
    assert (
        Visitor(page, client=("10.0.0.5", 1))
        .get("/", headers=said)
        .headers["set-cookie"]
        .endswith("; Secure")
    )
    assert "Secure" not in Visitor(page, client=("10.0.0.6", 1)).get("/", headers=said).headers["set-cookie"]


def test_only_a_trusted_proxy_says_who_somebody_is():
    door = Door(hosts=frozenset({NAME}), user_header="X-User", proxies=frozenset({"10.0.0.5"}))
    page = application(checker(), door)
    proxy, other = (Visitor(page, client=(address, 1)) for address in ("10.0.0.5", "10.0.0.6"))
    assert proxy.get("/", headers={"x-user": "ama"}).status_code == 200
    assert proxy.get("/").status_code == 403
    assert proxy.get("/", headers=[("x-user", "own"), ("x-user", "ama")]).status_code == 403
    assert other.get("/", headers={"x-user": "ama"}).status_code == 403


@pytest.fixture
def locked():
    cheap = PasswordHasher(time_cost=1, memory_cost=64)
    return application(checker(), Door(hosts=frozenset({NAME}), password=cheap.hash("correct horse battery")))


def test_without_the_password_there_is_only_the_door(locked):
    visitor = Visitor(locked, follow_redirects=False)
    for path in [*PAGES, "/nowhere"]:
        assert visitor.get(path).headers["location"] == "/enter"
    for path in FORMS:
        assert visitor.post(path, data={"note": SECRET}).headers["location"] == "/enter"
    assert visitor.get("/static/page.css").status_code == 200


def test_the_password_lets_in_under_a_new_number_until_one_leaves(locked):
    visitor = Visitor(locked)
    assert "not the password" in visitor.post("/enter", data={"token": visitor.token(), "password": "x"}).text
    before = visitor.cookies[COOKIE]
    visitor.post("/enter", data={"token": visitor.token("/enter"), "password": "correct horse battery"})
    assert visitor.cookies[COOKIE] != before
    assert visitor.sends("/note", note=SECRET).status_code == 200
    inside = visitor.cookies[COOKIE]
    visitor.sends("/leave")
    visitor.cookies.set(COOKIE, inside, domain=NAME)
    assert "/enter" in str(visitor.get("/").url)


def test_whoever_was_signed_out_gets_the_text_back_after_the_password(locked):
    visitor = Visitor(locked, headers=OWN_PAGE[0])
    answer = visitor.post("/note", data={"token": "0" * 64, "note": TYPED, "kind": "personal"})
    for mistake in ("You were signed out", "not the password"):
        assert answer.status_code == 403 and mistake in answer.text
        assert "What the note shows" not in answer.text
        fields = {f.get("name"): f.get("value") for f in marked(tree(answer), "input", type="hidden")}
        assert fields["note"] == TYPED
        answer = visitor.post("/enter", data=fields | {"password": "guess"})
    answer = visitor.post("/enter", data=fields | {"password": "correct horse battery"})
    assert str(answer.url) == f"http://{NAME}/note"
    assert given_back(answer) == TYPED
    assert visitor.sends("/note", note=TYPED).status_code == 200


def test_the_password_leads_to_no_other_place_than_a_form_of_this_page(locked):
    for wanted in (
        "https://evil.example/note",
        "//evil.example",
        "/\\evil.example",
        "/nowhere",
        "/note\n",
        "",
    ):
        visitor = Visitor(locked, headers=OWN_PAGE[0], follow_redirects=False)
        form = {"token": visitor.token("/enter"), "wanted": wanted, "note": TYPED}
        answer = visitor.post("/enter", data=form | {"password": "correct horse battery"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_what_is_sent_by_somebody_who_is_not_in_is_not_kept_where_it_is_too_long_for_a_note(locked):
    visitor = Visitor(locked, headers=OWN_PAGE[0])
    answer = visitor.post("/note", data={"token": "0" * 64, "note": SECRET * 5000})
    assert answer.status_code == 403 and len(answer.text) < 20_000


def test_passwords_cannot_be_guessed_one_after_the_other(locked):
    visitor = Visitor(locked)
    token = visitor.token("/enter")
    for _ in range(MOST_TRIES):
        assert visitor.post("/enter", data={"token": token, "password": "guess"}).status_code == 403
    answer = visitor.post("/enter", data={"token": token, "password": "correct horse battery"})
    assert answer.status_code == 429


def test_more_than_20_mb_are_refused_whether_said_or_not(visitor):
    token = visitor.token()
    said = visitor.post(
        "/note", data={"token": token}, files={"file": ("a.txt", b"x" * (LARGEST_REQUEST + 1))}
    )
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    unsaid = visitor.post(
        "/note",
        content=(chunk for chunk in [head, *[b"x" * 1_000_000] * 21]),
        headers={"content-type": "multipart/form-data; boundary=b"},
    )
    for answer in (said, unsaid):
        assert answer.status_code == 413 and "more than 20 MB" in answer.text


OPENED = []
sys.addaudithook(lambda event, args: OPENED.append(args) if event == "open" else None)


def test_an_upload_is_never_written_to_a_disk(visitor):
    token = visitor.token()
    large = f"{SECRET}\n".encode() * 60_000
    OPENED.clear()
    visitor.post("/note", data={"token": token}, files={"file": ("large.txt", large)})
    visitor.post("/note", data={"token": token}, files={"file": ("a.docx", NOTES[9].read_bytes())})
    written = {path for path, mode, flags in OPENED if isinstance(path, str) and flags & 3}
    assert written <= {os.devnull}


def test_the_process_that_opens_uploads_can_write_no_file(tmp_path):
    code = "from checker.page.apart import _confine; _confine(); from pathlib import Path; Path('x').write_text('a')"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    if sys.platform == "linux":
        assert "File too large" in done.stderr and (tmp_path / "x").stat().st_size == 0


class Breaking(Checker):
    """A checker with a fault that quotes the note."""

    def check_record(self, record):
        raise RuntimeError(record.text)


def test_a_fault_is_told_without_a_word_of_the_note(capfd):
    visitor = Visitor(application(Breaking(), Door(hosts=frozenset({NAME}))))
    answer = visitor.sends("/note", note=SECRET)
    assert answer.status_code == 500 and "Something went wrong here" in answer.text
    logged = "".join(capfd.readouterr())
    assert "Fault: RuntimeError at " in logged
    for said in (logged, answer.text):
        assert "Quillfeather" not in said and "Traceback" not in said


def test_nothing_of_a_note_is_logged(visitor, capfd):
    visitor.sends("/note", note=SECRET)
    visitor.sends("/note", (f"{SECRET}.txt", b"\0\1\2"))
    assert capfd.readouterr() == ("", "")


def zipped(parts: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return held.getvalue()


def endless_pdf() -> bytes:
    """A page that draws ten forms that each draw ten forms, and so on."""
    levels = 12
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    objects.append("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /XObject << /F 4 0 R >> /Font << /T << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> /Contents 4 0 R >>")  # fmt: skip
    for level in range(levels):
        inner = b"/F Do " * 20 if level < levels - 1 else b"BT /T 9 Tf (a) Tj ET " * 20
        resources = f"/Resources << /XObject << /F {5 + level} 0 R >> /Font << /T << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"  # fmt: skip
        objects.append(
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] {resources} /Length {len(inner)} >>\nstream\n{inner.decode()}\nendstream"
        )
    body, places = "%PDF-1.4\n", []
    for number, said in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{said}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF"
    return body.encode()


def test_a_pdf_that_never_ends_is_stopped(monkeypatch):
    monkeypatch.setattr(apart, "LONGEST_SECONDS", 2)
    *_, last = apart.records(HeldFile("endless.pdf", endless_pdf()), Settings())
    assert isinstance(last, Unreadable) and "takes too long" in last.error.message


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.docx", zipped({"word/document.xml": b"<w>" + b" " * 400_000_000})),
        ("bomb.docx", zipped({"word/document.xml": b"<w>" + b" " * 40_000_000})),
    ],
    ids=["unpacks to 400 MB", "shrunk a thousandfold"],
)
def test_a_document_that_unpacks_to_too_much_is_refused(visitor, name, data):
    answer = visitor.sends("/note", (name, data))
    assert answer.status_code == 400 and "unpacks to far more" in words(tree(answer))


def test_entities_in_a_document_are_not_expanded(visitor):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE w [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&l9;&f; seen</w:t></w:r></w:p></w:body></w:document>'
    answer = visitor.sends("/note", ("laughs.docx", zipped({"word/document.xml": xml.encode()})))
    assert answer.status_code in (200, 400)
    assert "haha" not in answer.text and "root:" not in answer.text


FUZZER = Visitor()
FUZZER.get("/")


@given(st.binary(max_size=2000), st.sampled_from(["multipart/form-data; boundary=b", "multipart/form-data", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b; charset=zip", "text/plain", ""]), st.sampled_from(FORMS))  # fmt: skip
@example(b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n\xff\r\n--b--', "multipart/form-data; boundary=b; charset=base64", "/note")  # fmt: skip
@example(
    b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", "/note"
)
@settings(max_examples=150)
def test_no_body_however_broken_is_answered_with_a_fault(body, kind, path):
    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
    assert FUZZER.post(path, content=body, headers=headers).status_code in (400, 403, 404)


@given(
    st.binary(max_size=300),
    st.sampled_from([".docx", ".pdf", ".rtf", ".html", ".eml", ".txt", ".md", ".xlsx", ".csv", "", ".."]),
    st.text(max_size=20),
    st.sampled_from(["/note", "/many/file"]),
)
@settings(max_examples=25)
def test_no_file_however_broken_is_answered_with_a_fault(data, ending, stem, path):
    answer = FUZZER.sends(path, (f"{stem}{ending}".replace('"', ""), data))
    assert answer.status_code in (200, 400) and "Traceback" not in answer.text


@pytest.mark.parametrize("path", [*NOTES[:1], NOTES[5], NOTES[9], SPREADSHEET], ids=lambda path: path.name)
def test_no_damage_to_a_real_file_is_answered_with_a_fault(path):
    chance = random.Random(17)
    whole = path.read_bytes()
    for _ in range(6):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 40)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        del data[chance.randrange(len(data)) : chance.choice([0, len(data)])]
        form = "/many/file" if path == SPREADSHEET else "/note"
        answer = FUZZER.sends(form, (path.name, bytes(data)))
        assert answer.status_code in (200, 400) and "Traceback" not in answer.text
