"""Checking a spreadsheet in a real browser, and the pages to read."""

import csv
import socket
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from selenium.webdriver import Keys

from checker.checking import Checker
from checker.page import jobs
from checker.page.app import application
from checker.page.guard import Door

ROOT = Path(__file__).parents[2]
EXPORT = ROOT / "examples" / "exports" / "export.xlsx"
ODD = ROOT / "examples" / "odd-columns" / "forms.xlsx"


@pytest.fixture
def long_table(tmp_path):
    """More rows than are checked while a test looks at the bar."""
    note = (ROOT / "examples" / "notes" / "neglect-four-weekly.txt").read_text(encoding="utf-8")
    path = tmp_path / "long.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "text"], *([n, note] for n in range(3000))])
    return path


def test_a_spreadsheet_is_checked_filtered_and_a_record_opened_with_the_mouse(browser):
    browser.open("/many")
    assert browser.faults() == []
    browser.kept("many")
    browser.one("#file").send_keys(str(ODD))
    browser.follow(browser.one("main form .govuk-button").click)
    assert "Update" in browser.said() and browser.faults() == []
    browser.kept("columns")
    browser.one("main form .govuk-button").click()
    browser.until(lambda: "worst first" in browser.driver.title, 60)
    assert browser.faults() == []
    browser.kept("results")
    shown = len(browser.driver.find_elements("css selector", "tbody tr"))
    browser.one("#weak").send_keys("yes")
    browser.follow(browser.one(".filters .govuk-button").click)
    assert 0 < len(browser.driver.find_elements("css selector", "tbody tr")) < shown
    browser.follow(browser.one("tbody a").click)
    browser.driver.find_elements("css selector", ".note .unit button")[0].click()
    assert "is read as" in browser.one(".why:popover-open").text
    assert browser.faults() == []
    browser.kept("record")


def test_a_spreadsheet_is_checked_and_forgotten_with_the_keyboard_alone(browser):
    browser.open("/many")
    browser.tab_to("#file")
    browser.driver.switch_to.active_element.send_keys(
        str(EXPORT)
    )  # the system's own dialogue cannot be driven
    browser.tab_to("main form .govuk-button")
    browser.follow(lambda: browser.press(Keys.ENTER))
    browser.tab_to("main form .govuk-button")
    browser.press(Keys.ENTER)
    browser.until(lambda: "worst first" in browser.driver.title, 60)
    browser.tab_to("#plan")
    browser.press("n")
    browser.tab_to(".filters .govuk-button")
    browser.follow(lambda: browser.press(Keys.ENTER))
    assert "plan=none" in browser.driver.current_url
    browser.tab_to(".govuk-button--warning")
    browser.follow(lambda: browser.press(Keys.ENTER))
    assert "You have a spreadsheet in hand" not in browser.said()


def test_the_bar_tells_the_truth_and_the_job_can_be_stopped(browser, long_table):
    browser.open("/many")
    browser.one("#file").send_keys(str(long_table))
    browser.follow(browser.one("main form .govuk-button").click)
    browser.follow(browser.one("main form .govuk-button").click)
    bar = browser.one("#bar")
    assert bar.get_attribute("max") == "3000"
    done = browser.until(lambda: int(bar.get_attribute("value")))
    browser.until(lambda: int(bar.get_attribute("value")) > done)
    assert browser.faults() == []
    browser.kept("progress")
    browser.follow(browser.one("main form .govuk-button").click)
    assert "only part of the spreadsheet was checked" in browser.said()
    assert int(browser.one("h1").text.split(" of ")[1].split()[0].replace(",", "")) >= done


def test_going_from_page_to_page_keeps_the_spreadsheet_in_hand(browser):
    browser.open("/many")
    browser.one("#file").send_keys(str(EXPORT))
    browser.follow(browser.one("main form .govuk-button").click)
    browser.open("/codebook")
    browser.open("/many")
    assert "You have a spreadsheet in hand" in browser.said()


def test_a_spreadsheet_is_forgotten_once_its_page_is_closed(browser, monkeypatch):
    monkeypatch.setattr(jobs, "GRACE", 0)
    page = application(Checker(), Door(hosts=frozenset({"127.0.0.1"})))
    in_hand = page.app.state.desk.jobs
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(page, log_level="critical"))
    thread = Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        browser.driver.get(f"http://127.0.0.1:{listening.getsockname()[1]}/many")
        browser.one("#file").send_keys(str(EXPORT))
        browser.follow(browser.one("main form .govuk-button").click)
        assert len(in_hand) == 1
        browser.driver.get("about:blank")
        browser.until(lambda: not len(in_hand))
    finally:
        server.should_exit = True
        thread.join()
        browser.requested()  # of another server than the rest


@pytest.mark.parametrize("path", ["/codebook", "/rules", "/about"])
def test_the_pages_to_read_can_be_read_by_everybody(browser, path):
    browser.open(path)
    assert browser.faults() == []
    browser.kept(path.strip("/"))
