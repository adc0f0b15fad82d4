"""What practice on the page promises."""

import pytest
from page_client import Visitor, marked, tree, words

from checker.codebook import LABEL_TESTS, Label
from checker.practice import exercises, pairs
from checker.practice.marking import ASKED, WHOSE_READINGS, asked, often_mistaken

PADDING = " We reflected deeply on this and kept the child at the centre of our thinking, and I wonder." * 5


@pytest.fixture(scope="module")
def visitor():
    return Visitor()


def test_everything_there_is_to_practise_on_can_be_reached(visitor):
    links = {link.get("href") for link in tree(visitor.get("/practice")).iter("a")}
    wanted = {f"/practice/{kind}/{pair.name}" for pair in pairs() for kind in ("pairs", "better")}
    wanted |= {f"/practice/spot/{exercise.name}" for exercise in exercises()}
    assert wanted <= links
    for path in sorted(wanted)[::7]:
        assert visitor.get(path).status_code == 200


def test_a_pair_shows_every_unit_with_its_label_and_margin(visitor):
    for pair in pairs():
        text = words(tree(visitor.get(f"/practice/pairs/{pair.name}")))
        for side in (pair.weak, pair.good):
            for row in side.rows:
                assert " ".join(row.unit.text.split()) in text and " ".join(row.note.split()) in text


def spotted(visitor, exercise, answer_for):
    """Answer every unit; all the pages on the way."""
    answers, pages = "", []
    for unit in asked(exercise.note):
        answer = visitor.sends(f"/practice/spot/{exercise.name}", answers=answers, answer=answer_for(unit))
        assert answer.status_code == 200
        pages.append(tree(answer))
        answers = next((field.get("value") for field in marked(pages[-1], "input", name="answers")), "")
    return pages


def test_right_answers_are_told_so_at_once_and_add_up(visitor):
    exercise = exercises()[0]
    pages = spotted(visitor, exercise, lambda unit: unit.label)
    for page, unit in zip(pages, asked(exercise.note), strict=True):
        assert f"Right: {unit.label}" in words(page) and LABEL_TESTS[unit.label] in words(page)
    total = len(pages)
    assert f"{total} of {total} right" in words(pages[-1])


def test_a_wrong_answer_is_told_with_both_tests_and_what_was_confused(visitor):
    exercise = next(e for e in exercises() if sum(u.label is Label.ACTION for u in asked(e.note)) > 0)
    pages = spotted(visitor, exercise, lambda unit: Label.DECISION)
    action = [unit.label for unit in asked(exercise.note)].index(Label.ACTION)
    told = words(pages[action])
    assert "Not decision: action" in told
    assert LABEL_TESTS[Label.ACTION] in told and LABEL_TESTS[Label.DECISION] in told
    assert "action taken for decision" in words(pages[-1])


@pytest.mark.parametrize(
    "sent", [{"answers": "nonsense", "answer": "fact"}, {"answers": "fact " * 500, "answer": "fact"}]
)
def test_answers_that_belong_to_no_note_are_refused_in_a_sentence(visitor, sent):
    answer = visitor.sends("/practice/spot/easier-1", **sent)
    assert answer.status_code == 400 and "begin again" in answer.text


def test_no_answer_is_asked_for_again(visitor):
    answer = visitor.sends("/practice/spot/easier-1", answers="")
    assert answer.status_code == 400 and "Choose a label." in answer.text
    assert len(marked(tree(answer), "input", name="answer")) == len(ASKED)


def test_answers_from_before_a_restart_are_given_back_with_the_last_one_chosen(visitor):
    sent = {"token": "0" * 64, "answers": "fact", "answer": "decision"}
    own = {"sec-fetch-site": "same-origin"}
    answer = visitor.post("/practice/spot/easier-1", data=sent, headers=own)
    page = tree(answer)
    assert answer.status_code == 403 and "press the button once more" in words(page)
    assert marked(page, "input", name="answers")[0].get("value") == "fact"
    assert [field.get("value") for field in marked(page, "input", name="answer", checked="")] == ["decision"]


def test_a_rewritten_record_that_is_too_long_is_given_back(visitor):
    text = "Seen at home. " * 8000
    answer = visitor.sends("/practice/better/thursdays", note=text)
    assert answer.status_code == 400 and "too long for one note" in answer.text
    assert "".join(marked(tree(answer), "textarea", name="note")[0].itertext()) == text


OFTEN_MISTAKEN = [exercise for exercise in exercises() if often_mistaken(exercise.note)]


@pytest.mark.parametrize("exercise", OFTEN_MISTAKEN[::10], ids=lambda exercise: exercise.name)
def test_the_score_names_what_is_often_mistaken_whose_reading_that_is_and_what_tells_it_apart(
    visitor, exercise
):
    found = often_mistaken(exercise.note)
    told = words(spotted(visitor, exercise, lambda unit: unit.label)[-1])
    assert WHOSE_READINGS in told
    for unit in found:
        assert " ".join(unit.mark.unit.text.split()) in told and unit.sentence in told
        assert LABEL_TESTS[unit.mark.unit.label] in told and LABEL_TESTS[unit.mark.answer] in told


def test_most_notes_have_something_that_is_often_mistaken():
    assert len(OFTEN_MISTAKEN) > 20


def test_nothing_is_said_of_what_is_often_mistaken_before_the_last_answer(visitor):
    exercise = exercises()[0]
    for page in spotted(visitor, exercise, lambda unit: unit.label)[:-1]:
        assert WHOSE_READINGS not in words(page)


def test_padding_with_cue_words_answers_nothing_and_the_page_says_why(visitor):
    pair = pairs()[0]
    answer = visitor.sends(f"/practice/better/{pair.name}", note=pair.weak.text + PADDING)
    told = words(tree(answer))
    assert "earn nothing by themselves" in told
    assert "Before" in told and "After" in told


def test_a_better_plan_is_not_taken_for_padding(visitor):
    pair = pairs()[0]
    action = " Ama Mensah to visit at home by 14 March 2025, so that the children can say what they miss."
    told = words(tree(visitor.sends(f"/practice/better/{pair.name}", note=pair.weak.text + action)))
    assert "earn nothing by themselves" not in told


def test_the_good_record_answers_questions_of_the_weak_one(visitor):
    answered = 0
    for pair in pairs()[:4]:
        told = words(tree(visitor.sends(f"/practice/better/{pair.name}", note=pair.good.text)))
        answered += "Answered: " in told
    assert answered == 4


@pytest.mark.parametrize(
    "path", ["pairs/x", "pairs/easier-1", "spot/thursdays", "better/easier-1", "spot/%00"]
)
def test_practice_that_is_not_there_is_said_in_a_sentence(visitor, path):
    answer = visitor.get(f"/practice/{path}")
    assert answer.status_code == 404 and "no such practice" in answer.text
