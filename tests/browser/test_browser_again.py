"""What becomes of a typed note when the page is signed out, or the program was restarted, in a real browser."""

from selenium.webdriver import Keys

from checker.practice import pairs

TYPED = 'Seen at school. <b>Happy</b>.\n\nNo concerns, "fine". SW to continue to monitor.'


def typed_into(browser, address: str) -> None:
    browser.driver.get(address)
    browser.one("#note").click()
    browser.press("a", with_=Keys.CONTROL)
    browser.driver.execute_cdp_cmd("Input.insertText", {"text": TYPED})


def sent(browser) -> None:
    browser.follow(browser.one("main form .govuk-button").click)


def test_after_a_restart_a_note_is_given_back_and_checked_at_the_next_press(browser, own_page):
    typed_into(browser, own_page.address)
    own_page.stop()
    own_page.start()
    sent(browser)
    assert "press the button once more" in browser.driver.switch_to.active_element.text
    assert browser.one("#note").get_attribute("value") == TYPED
    assert browser.faults() == []
    browser.kept("given-back")
    sent(browser)
    assert "What the note shows" in browser.said()
    assert browser.one("#note").get_attribute("value") == TYPED


def test_after_a_restart_a_rewritten_record_is_given_back_and_compared_at_the_next_press(browser, own_page):
    typed_into(browser, f"{own_page.address}/practice/better/{pairs()[0].name}")
    own_page.stop()
    own_page.start()
    sent(browser)
    assert browser.one("#note").get_attribute("value") == TYPED
    assert browser.faults() == []
    sent(browser)
    assert "What your version changes" in browser.said()


def test_whoever_is_signed_out_gives_the_password_and_goes_on_with_the_note(browser, locked_page):
    def password_given(password: str) -> None:
        browser.one("#password").send_keys(password)
        sent(browser)

    browser.driver.get(locked_page.address)
    assert browser.driver.title.startswith("Password")
    assert browser.faults() == []
    browser.kept("password")
    password_given("a wrong one")
    assert "not the password" in browser.driver.switch_to.active_element.text
    assert browser.faults() == []
    password_given(locked_page.password)
    assert browser.faults() == []  # with the button to sign out
    typed_into(browser, locked_page.address)
    locked_page.stop()
    locked_page.start()
    sent(browser)
    assert "You were signed out" in browser.driver.switch_to.active_element.text
    assert "waits in this page" in browser.said()
    assert browser.faults() == []
    browser.kept("signed-out")
    password_given("a wrong one")
    password_given(locked_page.password)
    assert browser.one("#note").get_attribute("value") == TYPED
    sent(browser)
    assert "What the note shows" in browser.said()
