"""Practice in a real browser."""

from selenium.webdriver import Keys

from checker.practice import exercises, pairs
from checker.practice.marking import asked

PAIR = pairs()[0]
EXERCISE = min(exercises(), key=lambda exercise: len(asked(exercise.note)))


def test_a_note_is_labelled_to_the_end_with_the_mouse(browser):
    browser.open("/practice")
    assert browser.faults() == []
    browser.kept("practice")
    browser.follow(browser.one(f'a[href="/practice/spot/{EXERCISE.name}"]').click)
    assert browser.faults() == []
    for at, unit in enumerate(asked(EXERCISE.note)):
        label = unit.label if at else "critical"
        browser.one(f'label[for="{browser.one(f"input[value={label}]").get_attribute("id")}"]').click()
        browser.follow(browser.one("main form .govuk-button").click)
        if at == 0:
            assert browser.driver.switch_to.active_element.text.startswith("Not critical: ")
            assert browser.faults() == []
            browser.kept("spot")
    total = len(asked(EXERCISE.note))
    assert f"{total - 1} of {total} right" in browser.said()
    assert browser.faults() == []
    browser.kept("spot-done")


def test_a_note_is_labelled_with_the_keyboard_alone(browser):
    browser.open(f"/practice/spot/{EXERCISE.name}")
    browser.tab_to("input[type=radio]")
    browser.press(Keys.ARROW_DOWN)
    browser.tab_to("main form .govuk-button")
    browser.follow(lambda: browser.press(Keys.ENTER))
    assert f"1 of {len(asked(EXERCISE.note))}" in browser.said()


def test_a_weak_note_is_made_better_and_compared_side_by_side(browser):
    browser.open(f"/practice/better/{PAIR.name}")
    assert browser.faults() == []
    box = browser.one("#note")
    box.click()
    browser.press("a", with_=Keys.CONTROL)
    browser.driver.execute_cdp_cmd("Input.insertText", {"text": PAIR.good.text})
    browser.follow(browser.one(".edit .govuk-button").click)
    assert "Answered: " in browser.one(".changes").text
    assert browser.faults() == []
    browser.kept("better")


def test_a_pair_can_be_read_by_everybody_and_printed(browser):
    browser.open(f"/practice/pairs/{PAIR.name}")
    assert browser.one("[data-print]").is_displayed()
    assert browser.faults() == []
    browser.kept("pair")
