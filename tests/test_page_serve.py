"""What the command `checker serve` promises."""

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx2
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner

from checker.cli import main
from checker.cli.serve import USUAL_PORT, _door

CHECKER = Path(sys.executable).with_name("checker")


def serve(*arguments) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["serve", *map(str, arguments)])
    return done.exit_code, done.output


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture
def usual_port_taken():
    with ExitStack() as held:
        with suppress(OSError):  # somebody else has it, which serves as well
            held.enter_context(socket.create_server(("127.0.0.1", USUAL_PORT)))
        yield


def test_it_listens_on_this_machine_alone_keeps_no_log_and_stops_when_told(port):
    server = subprocess.Popen([CHECKER, "serve", "--port", str(port)], stdout=-1, stderr=-1, text=True)
    try:
        first = server.stderr.readline()
        assert first == f"The page is at http://127.0.0.1:{port} - stop it with Ctrl-C.\n"
        address = f"http://127.0.0.1:{port}"
        assert httpx2.get(address).status_code == 200
        kind = {"content-type": "multipart/form-data; boundary=b"}
        assert httpx2.post(f"{address}/note", content=b"--Zebediah", headers=kind).status_code == 400
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(b"Zebediah Quillfeather\r\n\r\n")
            assert raw.recv(100).startswith(b"HTTP/1.1 400")
        elsewhere = socket.gethostbyname(socket.gethostname())
        if not elsewhere.startswith("127."):
            with pytest.raises(OSError):
                socket.create_connection((elsewhere, port), timeout=2)
        started = time.monotonic()
    finally:
        server.terminate()
    out, err = server.communicate(timeout=10)
    assert (out, err) == ("", "")
    assert time.monotonic() - started < 5


def test_a_port_that_is_taken_is_said_in_a_sentence(port):
    with socket.create_server(("127.0.0.1", port)):
        done = subprocess.run([CHECKER, "serve", "--port", str(port)], capture_output=True, text=True)
    assert done.returncode == 2 and f"Port {port} of 127.0.0.1 is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_double_click_opens_the_page_at_another_port(usual_port_taken):
    browser = os.environ | {"BROWSER": "true"}  # the program that does nothing
    server = subprocess.Popen([CHECKER, "serve", "--open"], stderr=subprocess.PIPE, text=True, env=browser)
    try:
        address = server.stderr.readline().split()[4]
        assert not address.endswith(f":{USUAL_PORT}")
        assert httpx2.get(address).status_code == 200
    finally:
        server.terminate()
        server.communicate(timeout=10)


def test_what_is_no_certificate_is_said_in_a_sentence(port):
    arguments = ["--port", str(port), "--certificate", __file__, "--key", __file__]
    done = subprocess.run([CHECKER, "serve", *arguments], capture_output=True, text=True)
    assert done.returncode == 2 and "no certificate with its key" in done.stderr


def test_a_hash_that_powershell_wrote_is_read(tmp_path):
    written = tmp_path / "password.hash"
    words = PasswordHasher(time_cost=1, memory_cost=64).hash("four words or more")
    written.write_text(f"{words}\r\n", "utf-16")
    assert _door("127.0.0.1", (), written, None, ()).password == words


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--address", "0.0.0.0"], "say so with --allow-remote"),
        (["--address", "0.0.0.0", "--allow-remote"], "--allow-remote needs --password-file"),
        (["--user-header", "X-User"], "only believed from a proxy"),
        (["--address", "::", "--allow-remote", "--user-header", "X-User", "--proxy", "::1"], "--host-name"),
        (["--host-name", "https://checker.example"], "without https://"),
        (["--certificate", __file__], "go together"),
        (["--password-file", __file__], "holds no argon2 hash"),
    ],
)
def test_what_would_leave_the_door_open_is_refused(arguments, sentence):
    status, said = serve(*arguments)
    assert status == 2 and sentence in said


def test_a_new_password_is_printed_as_its_hash():
    done = CliRunner().invoke(
        main, ["serve", "--new-password"], input="four words or more\nfour words or more\n"
    )
    assert PasswordHasher().verify(done.output.split()[-1], "four words or more")
    assert CliRunner().invoke(main, ["serve", "--new-password"], input="short\nshort\n").exit_code == 2


def test_the_help_says_what_another_address_needs():
    status, said = serve("--help")
    assert status == 0
    for words in ("--allow-remote", "--password-file", "--user-header", "--proxy", "argon2"):
        assert words in said
