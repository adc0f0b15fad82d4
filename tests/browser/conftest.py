"""A real browser on the real page: Debian's chromium, driven by Selenium."""

import base64
import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCREENSHOTS = ROOT / "build" / "screenshots"
AXE = (HERE / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
MISSING = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
WIDTHS = {"narrow": 360, "wide": 1280}

skipped = pytest.StashKey[int]()


def pytest_collection_modifyitems(config, items):
    here = [item for item in items if item.path.is_relative_to(HERE)]
    config.stash[skipped] = len(here) if MISSING else 0
    for item in here:
        if MISSING:
            item.add_marker(pytest.mark.skip(reason=f"no {' and no '.join(MISSING)} on this machine"))
        # Chromium itself dies now and then; the page's own faults are never tried again.
        item.add_marker(pytest.mark.flaky(reruns=1, only_rerun="InvalidSessionIdException"))


def pytest_terminal_summary(terminalreporter, config):
    if config.stash.get(skipped, 0):
        terminalreporter.write_line(
            f"THE PAGE WAS NOT TRIED IN A BROWSER: {config.stash[skipped]} tests skipped, since there is no "
            f"{' and no '.join(MISSING)} here; on Debian: apt-get install chromium chromium-driver",
            red=True,
            bold=True,
        )


class Page:
    """`checker serve`, which can be stopped and started again at its address."""

    addresses: ClassVar[set[str]] = set()
    password = "correct horse battery staple"

    def __init__(self, *options: str, host: str = "127.0.0.1"):
        with socket.create_server((host, 0)) as free:
            port = free.getsockname()[1]
        self.address = f"http://{host}:{port}"
        self.addresses.add(self.address)
        self._command = [Path(sys.executable).with_name("checker"), "serve", "--port", str(port), *options]

    def start(self) -> None:
        self._server = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        assert any("The page is at" in line for line in self._server.stderr)  # a warning may come first

    def stop(self) -> None:
        self._server.terminate()
        assert "Fault" not in self._server.communicate(timeout=20)[1]

    def __enter__(self) -> "Page":
        self.start()
        return self

    def __exit__(self, *ended) -> None:
        self.stop()


@pytest.fixture(scope="session")
def address():
    """Where `checker serve` listens."""
    with Page() as page:
        yield page.address


@pytest.fixture
def own_page():
    """The page on one's own machine, for a test to restart."""
    with Page() as page:
        yield page


@pytest.fixture
def locked_page(tmp_path):
    """The page as a server inside the authority offers it: at another address, behind a password."""
    from argon2 import PasswordHasher

    held = tmp_path / "password.hash"
    held.write_text(PasswordHasher().hash(Page.password))
    host = "127.0.0.2"  # of this machine, too, and yet not its own address
    with Page(
        "--address", host, "--allow-remote", "--host-name", host, "--password-file", str(held), host=host
    ) as page:
        yield page


class Browser:
    """A browser with a window of one width."""

    def __init__(self, width: int, address: str):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
            options.add_argument(argument)
        self.driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
        self.width = width
        self.address = address
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def open(self, path: str) -> None:
        self.driver.get(self.address + path)

    def one(self, css: str):
        """The one element that is there, or will be shortly."""
        return self.until(lambda: self.driver.find_elements("css selector", css))[0]

    def until(self, there, seconds: float = 15):
        """What `there` gives as soon as it gives anything."""
        ends = time.monotonic() + seconds
        while not (found := there()):
            assert time.monotonic() < ends, "the page never came so far"
            time.sleep(0.05)
        return found

    def follow(self, act) -> None:
        """Do what leads to another page, and wait for that."""
        old = self.driver.find_element("css selector", "html")
        act()
        self.until(lambda: self._is_gone(old))
        self.one("footer")

    def _is_gone(self, element) -> bool:
        from selenium.common.exceptions import StaleElementReferenceException, WebDriverException

        try:
            element.is_enabled()
        except StaleElementReferenceException:
            return True
        except WebDriverException as error:  # the browser's own words, in the moment between two pages
            if "does not belong to the document" in str(error):
                return True
            raise
        return False

    def press(self, *keys: str, with_: str = "") -> None:
        """Press keys one after the other, one more being held down meanwhile."""
        from selenium.webdriver import ActionChains

        presses = ActionChains(self.driver)
        if with_:
            presses.key_down(with_).send_keys(*keys).key_up(with_).perform()
        else:
            presses.send_keys(*keys).perform()

    def tab_to(self, css: str, back: bool = False, most: int = 150) -> None:
        """Press the tab key until the focus is on such an element."""
        from selenium.webdriver import Keys

        for _ in range(most):
            self.press(Keys.TAB, with_=Keys.SHIFT if back else "")
            if self.driver.switch_to.active_element in self.driver.find_elements("css selector", css):
                return
        raise AssertionError(f"{css} cannot be reached with the tab key")

    def said(self) -> str:
        """The words on the page."""
        return self.one("main").text

    def kept(self, name: str) -> None:
        """Keep a picture of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": self.width, "height": min(height, 6000), "scale": 1}
        shot = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip}
        )
        (SCREENSHOTS / f"{name}-{self.width}.png").write_bytes(base64.b64decode(shot["data"]))

    def faults(self) -> list[str]:
        """What axe-core finds serious or critical (WCAG 2.2 AA), and whether the page is wider than the window."""
        if not self.driver.execute_script("return !!window.axe"):
            self.driver.execute_script(AXE)
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = self.driver.execute_async_script(
            "axe.run(document, {runOnly: arguments[0], resultTypes: ['violations']}).then(arguments[1])",
            rules,
        )
        told = [
            f"{violation['id']}: {violation['nodes'][0]['html']}"
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
        wide = self.driver.execute_script("return document.documentElement.scrollWidth")
        return told + [f"the page is {wide} wide"] * (wide > self.width)

    def requested(self) -> list[str]:
        """Every address that was asked for since the last time."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """What the browser wrote to its console: breaches of the policy, scripts that failed."""
        return [entry["message"] for entry in self.driver.get_log("browser") if " 4" not in entry["message"]]


@pytest.fixture(params=WIDTHS)
def browser(request, address):
    """A new browser, at 360 px and at 1280 px, that asks nothing of another host and has no complaint."""
    opened = Browser(WIDTHS[request.param], address)
    request.addfinalizer(opened.driver.quit)
    yield opened
    assert [url for url in opened.requested() if not url.startswith((*Page.addresses, "data:"))] == []
    assert opened.complaints() == []
