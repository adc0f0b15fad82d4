"""Checking one note in a real browser: with a mouse, with a keyboard alone, with scripts off."""

import base64
from pathlib import Path

import pypdfium2
import pytest
from selenium.webdriver import Keys

NOTES = Path(__file__).parents[2] / "examples" / "notes"
NOTE = (NOTES / "neglect-four-weekly.txt").read_text(encoding="utf-8")
WEAK = "Seen at school. Happy. No concerns. SW to continue to monitor."
BETTER = " Ama Mensah to visit Ella at home by 14 March 2025, so that she can say what she misses."


def paste(browser, text: str) -> None:
    """Put text at the end of the box as a paste does, at once."""
    browser.one("#note").click()
    browser.press(Keys.END, with_=Keys.CONTROL)
    browser.driver.execute_cdp_cmd("Input.insertText", {"text": text})


def test_a_pasted_note_is_checked_edited_and_checked_again_with_the_mouse(browser):
    browser.open("/")
    assert browser.faults() == []
    browser.kept("note")
    paste(browser, WEAK)
    browser.follow(browser.one("main form .govuk-button").click)
    assert "What the note shows" in browser.said()
    assert browser.one("#note").get_attribute("value") == WEAK
    paste(browser, BETTER)
    browser.follow(browser.one(".edit .govuk-button").click)
    assert "Plan: from weak to" in browser.one(".changes").text
    assert browser.faults() == []
    browser.kept("note-checked-again")


def test_a_file_is_checked_and_its_units_explain_themselves_on_a_click(browser):
    browser.open("/")
    browser.one("#file").send_keys(str(NOTES / "sisters-before-panel.docx"))
    browser.follow(browser.one("main form .govuk-button").click)
    assert "Questions to ask first" in browser.said()
    tag = browser.driver.find_elements("css selector", ".note .unit button")[12]
    tag.click()
    why = browser.one(".why:popover-open")
    assert "is read as" in why.text
    assert browser.faults() == []
    browser.kept("why")
    why.find_element("css selector", "button").click()
    assert not browser.driver.find_elements("css selector", ".why:popover-open")


def test_everything_can_be_done_with_the_keyboard_alone(browser):
    browser.open("/")
    browser.press(Keys.TAB)
    assert browser.driver.switch_to.active_element.text == "Skip to main content"
    browser.press(Keys.ENTER)
    browser.tab_to("#note")
    browser.press(WEAK)
    browser.tab_to("#kind")
    browser.tab_to("main form .govuk-button")
    browser.follow(lambda: browser.press(Keys.ENTER))
    browser.tab_to(".note .unit button")
    browser.press(Keys.SPACE)
    assert "is read as" in browser.one(".why:popover-open").text
    browser.press(Keys.ESCAPE)
    assert not browser.driver.find_elements("css selector", ".why:popover-open")
    browser.tab_to("#note", back=True)
    browser.press(Keys.END, with_=Keys.CONTROL)
    browser.press(BETTER)
    browser.tab_to(".edit .govuk-button")
    browser.follow(lambda: browser.press(Keys.ENTER))
    assert "Since the last check" in browser.said()


def test_with_scripts_off_a_note_is_checked_explained_and_checked_again(browser):
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open("/")
        paste(browser, WEAK)
        browser.follow(browser.one("main form .govuk-button").click)
        browser.one(".note .unit button").click()
        assert "is read as" in browser.one(".why:popover-open").text
        browser.one(".why:popover-open button").click()
        paste(browser, BETTER)
        browser.follow(browser.one(".edit .govuk-button").click)
        assert "Since the last check" in browser.said()
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_mistake_is_said_at_the_top_and_has_the_focus(browser):
    browser.open("/")
    browser.follow(browser.one("main form .govuk-button").click)
    assert "Paste a note, or choose a file." in browser.driver.switch_to.active_element.text
    assert browser.driver.title.startswith("Error: ")
    assert browser.faults() == []
    browser.kept("mistake")


def test_the_print_leaves_the_forms_out_and_the_note_in(browser):
    browser.open("/")
    paste(browser, NOTE)
    browser.follow(browser.one("main form .govuk-button").click)
    assert browser.one("[data-print]").is_displayed()
    printed = base64.b64decode(browser.driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
    text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(printed))
    text = " ".join(text.split())
    assert "Questions to ask first" in text and "boiler referral done" in text
    assert "Check again" not in text and "Close" not in text


@pytest.mark.parametrize("path", ["/nowhere"])
def test_a_page_that_is_not_there_says_so(browser, path):
    browser.open(path)
    assert "There is no such page" in browser.said()
    assert browser.faults() == []
