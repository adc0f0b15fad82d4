"""The labelled corpus and its split: what is let in, and what stays apart."""

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from checker.checking import default_model
from training import near_duplicates
from training.__main__ import main
from training.corpus import CORPUS, CorpusError, GoldRecord, groups, read, shipped_split, split
from training.describe import CARD, describe, with_figures
from training.own_labels import corpus_and_own, read_own

GOOD = {
    "id": "one",
    "author": "a",
    "text": "Seen. SW to ring school by 1 May.",
    "reflection": "listing",
    "units": [
        {"start": 0, "end": 5, "label": "fact", "flags": []},
        {
            "start": 6,
            "end": 33,
            "label": "action",
            "flags": [],
            "action": {"what": 2, "who": 2, "when": 2, "why": 0, "check": 0, "if_not": 0, "kind": "process"},
        },
    ],
}


@pytest.fixture(scope="module")
def corpus() -> list[GoldRecord]:
    return read()


def spoilt(change) -> str:
    """A good line with one thing wrong."""
    record = json.loads(json.dumps(GOOD))
    change(record)
    return json.dumps(record)


def records_by(*authors: str, **more: str) -> list[GoldRecord]:
    lines = [{**GOOD, "id": f"x-{n}", "author": author, **more} for n, author in enumerate(authors)]
    return msgspec.convert(lines, list[GoldRecord])


MALFORMED = {
    "not JSON": ("{", "truncated"),
    "a label that is not in the codebook": (
        spoilt(lambda r: r["units"][0].update(label="reflective")),
        "Invalid enum value 'reflective'",
    ),
    "a flag that is not in the codebook": (
        spoilt(lambda r: r["units"][0].update(flags=["risk"])),
        "Invalid enum value 'risk'",
    ),
    "a field too many": (spoilt(lambda r: r.update(risk="high")), "unknown field `risk`"),
    "a field too few": (spoilt(lambda r: r.pop("author")), "missing required field `author`"),
    "a span outside the text": (
        spoilt(lambda r: r["units"][1].update(end=34)),
        "unit 6–34 of “one” lies outside the text, which has 33 characters",
    ),
    "a span before the text": (spoilt(lambda r: r["units"][0].update(start=-1)), "lies outside the text"),
    "an empty span": (spoilt(lambda r: r["units"][0].update(end=0)), "lies outside the text"),
    "two units over the same words": (
        spoilt(lambda r: r["units"][1].update(start=4)),
        "overlaps the unit before it",
    ),
    "an action without its elements": (
        spoilt(lambda r: r["units"][1].pop("action")),
        "action elements belong to actions",
    ),
    "elements without an action": (
        spoilt(lambda r: r["units"][1].update(label="fact")),
        "action elements belong to actions",
    ),
    "an element of three": (spoilt(lambda r: r["units"][1]["action"].update(what=3)), "other than 0, 1 or 2"),
    "an id that stands twice": (json.dumps(GOOD), "the id “one” stands twice"),
}


@pytest.mark.parametrize(("line", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_line_is_rejected_by_its_number_and_the_reason(tmp_path, line, reason):
    path = tmp_path / "own.jsonl"
    path.write_text(f"{json.dumps(GOOD)}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}, line 3: ")
    assert reason in str(error.value)


def test_a_file_that_is_not_there_or_empty_is_named(tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    for path, reason in ((tmp_path / "gone.jsonl", "cannot be read"), (empty, "holds no record")):
        with pytest.raises(CorpusError, match=reason) as error:
            read(path)
        assert str(path) in str(error.value)


def test_the_committed_split_is_the_one_the_seeded_function_gives(corpus):
    assert split(corpus) == shipped_split()


def test_the_split_deals_every_record_once(corpus):
    parts = shipped_split()
    dealt = [*parts.train, *parts.development, *parts.test]
    assert sorted(dealt) == sorted(record.id for record in corpus)


@pytest.mark.parametrize("seed", [17, 1, 2])
def test_no_author_and_no_person_stands_in_two_parts(corpus, seed):
    parts = split(corpus, seed)
    for name in ("author", "person"):
        sides = [
            {getattr(r, name) for r in parts.take(part, corpus)} - {None} for part in parts.__struct_fields__
        ]
        assert not (sides[0] & sides[1] | sides[0] & sides[2] | sides[1] & sides[2])


def test_brother_and_sister_stay_on_one_side(corpus):
    siblings = {r.id for r in corpus if r.person in ("P-77120", "P-77121")}
    assert len(siblings) == 8
    parts = shipped_split()
    assert any(siblings <= set(getattr(parts, name)) for name in parts.__struct_fields__)


def test_one_person_written_of_by_two_authors_keeps_both_on_one_side():
    records = [*records_by("a", "b", person="C-1"), *records_by("a")]
    assert len(groups([*records[:2], msgspec.structs.replace(records[2], id="y")])) == 1


@given(
    authors=st.lists(st.sampled_from("abcdefgh"), min_size=10, max_size=40).filter(lambda a: len(set(a)) > 2),
    seed=st.integers(0, 99),
)
def test_no_part_of_any_split_is_empty_and_none_shares_an_author(authors, seed):
    records = records_by(*authors)
    parts = split(records, seed)
    sides = [{r.author for r in parts.take(name, records)} for name in parts.__struct_fields__]
    assert all(sides)
    assert sum(map(len, sides)) == len(set(authors))


def test_fewer_than_ten_records_are_too_few():
    with pytest.raises(CorpusError, match=r"At least ten .* here are 9"):
        split(records_by(*"abcdefghi"))


@pytest.mark.parametrize("authors", ["a" * 12, "ab" * 6])
def test_one_author_or_two_make_no_honest_split(authors):
    with pytest.raises(CorpusError, match="fewer than three authors"):
        split(records_by(*authors))


def test_own_records_are_split_beside_the_corpus_and_leave_its_split_as_it_is(corpus):
    records, parts = corpus_and_own(records_by(*"aabbccddeeff"))
    assert len(records) == len(corpus) + 12
    for name in parts.__struct_fields__:
        shipped = getattr(shipped_split(), name)
        assert getattr(parts, name)[: len(shipped)] == shipped
        assert len(getattr(parts, name)) > len(shipped)


def test_an_own_record_with_an_id_of_the_corpus_is_refused(tmp_path, corpus):
    path = tmp_path / "own.jsonl"
    path.write_bytes(msgspec.json.encode(corpus[0]))
    with pytest.raises(CorpusError, match="stands in the corpus too"):
        read_own([path])


def test_the_data_card_holds_the_figures_of_the_corpus(corpus):
    card = CARD.read_text(encoding="utf-8")
    assert with_figures(card, describe(corpus, shipped_split())) == card, (
        "stale: run python -m training describe --write"
    )


def test_no_sentence_stands_word_for_word_under_two_authors(corpus):
    found = near_duplicates.find(corpus, shipped_split())
    assert not [pair for pair in found.sentences if pair.similarity == 100]
    assert not found.records


def test_a_copied_record_is_found_and_the_tested_one_is_kept(corpus):
    parts = shipped_split()
    tested = parts.take("test", corpus)[0]
    copy = msgspec.structs.replace(
        tested,
        id="copy",
        author="somebody else",
        text=tested.text.upper(),
    )
    with_copy = [copy, *corpus]
    parts = msgspec.structs.replace(parts, train=("copy", *parts.train))
    found = near_duplicates.find(with_copy, parts)
    assert [(pair.a, pair.b, pair.share) for pair in found.records] == [("copy", tested.id, 1.0)]
    assert len(found.crossing) > 5
    kept = near_duplicates.remove(with_copy, parts, found)
    assert "copy" not in {record.id for record in kept}
    assert tested in kept
    assert not near_duplicates.find(kept, parts).crossing


SENTENCE = st.lists(
    st.sampled_from("mum seen at home school by dad today again".split()), min_size=4, max_size=9
)


@given(st.lists(SENTENCE, min_size=2, max_size=12))
def test_near_duplicates_are_those_that_comparing_every_two_sentences_finds(sentences):
    texts = [" ".join(words) for words in sentences]
    records = [
        msgspec.convert(
            {
                **GOOD,
                "id": f"{n:02}",
                "author": str(n),
                "text": text,
                "units": [{"start": 0, "end": len(text), "label": "fact"}],
            },
            GoldRecord,
        )
        for n, text in enumerate(texts)
    ]
    long = [n for n, words in enumerate(sentences) if len(words) >= near_duplicates.MINIMUM_WORDS]
    alike = {
        (f"{a:02}", f"{b:02}")
        for a in long
        for b in long
        if a < b and fuzz.ratio(texts[a], texts[b]) >= near_duplicates.NEARLY
    }
    found = near_duplicates.find(records)
    assert {(pair.a.record, pair.b.record) for pair in found.sentences} == alike
    assert len(found.sentences) == len(alike)


def run(*arguments: str | Path):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_command_writes_the_split_and_refuses_to_write_it_twice(tmp_path):
    out = tmp_path / "split.json"
    assert run("split", "--out", out).exit_code == 0
    assert out.read_bytes() == (CORPUS.parent / "split.json").read_bytes()
    again = run("split", "--out", out)
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_the_commands_say_a_mistake_in_one_sentence(tmp_path):
    bad = tmp_path / "own.jsonl"
    bad.write_text(MALFORMED["a span outside the text"][0])
    few = tmp_path / "few.jsonl"
    few.write_text(json.dumps(GOOD))
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "model.onnx").touch()
    for arguments, sentence in (
        (("split", bad), "line 1: unit 6–34"),
        (("split", few), "here are 1"),
        (("duplicates", "--add", few), "At least ten labelled records are needed"),
        (("train", "--add", few, "--out", tmp_path / "m"), "At least ten labelled records are needed"),
        (("train", "--out", taken), "holds a model already"),
        (("train", "--base", tmp_path, "--out", tmp_path / "m"), "holds no model.safetensors"),
        (("evaluate", "--own-only"), "name them with --add"),
        (("evaluate", "--model", tmp_path), "is not a model folder"),
    ):
        result = run(*arguments)
        assert result.exit_code in (1, 2)
        assert isinstance(result.exception, SystemExit), result.exception
        assert sentence in result.output


def test_two_models_are_compared_on_own_records_alone(tmp_path, corpus):
    own = tmp_path / "own.jsonl"
    renamed = [msgspec.structs.replace(record, id=f"own-{record.id}") for record in corpus[::40]]
    own.write_bytes(msgspec.json.Encoder().encode_lines(renamed))
    held_back = len(split(renamed).test)
    model = default_model()
    result = run("evaluate", "--compare", model, model, "--add", own, "--own-only")
    assert result.exit_code == 0
    assert f"on {held_back} test records" in result.output
    assert "No figure tells" in result.output


def test_copies_are_listed_with_their_words_and_left_out_of_a_new_file(tmp_path):
    out = tmp_path / "clean.jsonl"
    result = run("duplicates", "--out", out)
    assert result.exit_code == 0
    assert "(crosses the split)" in result.output
    assert sum(len(r.units) for r in read(out)) == sum(len(r.units) for r in read()) - 1
