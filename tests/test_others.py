"""Promises about the measurement on real text by others.

Their data stay where they are: these tests write a few made-up sentences in the same form.
"""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from sklearn import metrics as sk

from training import others, real_text
from training.__main__ import main
from training.others import Answers, Learned
from training.real_text import Data, DataError, Fold, Sentence
from training.train import Recipe

DIARY = [("I felt sad about it, again.", "Feeling"), ("We wrote a test on page {}.", "Experience")]
GOALS = [
    ("walk {} minutes daily (confidence 8/10)", [1, 1, 1], "SMART"),
    ("walk {} minutes after work", [1, 1, 0], "Partially SMART"),
    ("eat better, {}", [0, 0, 0], "Not SMART"),
]


def write_diary(folder, part, lines):
    folder = folder / "cered" / "en" / part
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["idx\tcontext\tsentence\ty\tconfidence\ty_requires_context"]
    rows += [f"{idx}\t{context}\t{text}\t{y}\t{ratings}\t" for idx, context, text, y, ratings in lines]
    (folder / "sentences.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    """Both sets of data in small, as their authors lay them out."""
    for part, n in (("train", 12), ("val", 4), ("test", 6)):
        lines = []
        for i in range(n):
            text, label = DIARY[i % 2]
            text = text.format(f"{part} {i}")
            lines.append((i, f"Before. {text} After.", text, label, "[5, 2]" if i else "[3, 2]"))
        write_diary(tmp_path, part, lines)
    for split in range(1, 6):
        at = tmp_path / "smartspan" / "SMARTSpan" / f"split_{split}"
        at.mkdir(parents=True)
        for part, n in (("train", 6), ("valid", 3), ("test", 3)):
            goals = [(i, *GOALS[i % 3]) for i in range(n)]
            lines = [
                json.dumps(
                    {"id": f"{part}{i}", "goal": goal.format(split), "label": label, "SMARTlabel": name}
                )
                for i, goal, label, name in goals
            ]
            (at / f"{part}_classify.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


# Reading


def test_a_sentence_counts_when_its_annotators_found_it_typical_on_average(folder):
    test = real_text.read_cered(folder / "cered" / "en").folds[0].test
    assert [sentence.sure for sentence in test] == [False, True, True, True, True, True]


def test_the_test_part_s_own_spelling_of_difficulty_is_the_same_label(folder):
    write_diary(
        folder, "train", [(1, "", "It was hard.", "Difficulty", "[4]"), (2, "", "Fine.", "Other", "[4]")]
    )
    write_diary(folder, "val", [(3, "", "Fine.", "Other", "[4]")])
    write_diary(folder, "test", [(4, "", "Hard again.", "Difficulties", "[4]")])
    data = real_text.read_cered(folder / "cered" / "en")
    assert data.labels[data.folds[0].test[0].label] == "Difficulty"


def test_test_sentences_in_the_context_of_training_sentences_are_counted(folder):
    assert real_text.read_cered(folder / "cered" / "en").in_context == 3  # "I felt sad about it, again."


def test_goals_come_with_the_class_that_their_flags_make(folder):
    data = real_text.read_smartspan(folder / "smartspan" / "SMARTSpan")
    assert len(data.folds) == 5
    for goal in data.folds[0].train:
        assert data.flags_make[sum(goal.flags)] == goal.label


@pytest.mark.parametrize(
    ("spoilt", "text", "sentence"),
    [
        ("cered/en/val/sentences.tsv", None, "is not there; name the folder that holds cered/en"),
        (
            "cered/en/val/sentences.tsv",
            "idx\ty\n1\tOther\n",
            "has no column confidence and no column context",
        ),
        (
            "cered/en/val/sentences.tsv",
            "idx\tcontext\tsentence\ty\tconfidence\n1\t\tHm.\tDoubt\t[4]\n",
            "row 2: the training part has no label “Doubt”",
        ),
        (
            "cered/en/test/sentences.tsv",
            "idx\tcontext\tsentence\ty\tconfidence\n1\t\tHm.\tFeeling\thigh\n",
            "row 2: the ratings of confidence cannot be read",
        ),
        ("smartspan/SMARTSpan/split_4/valid_classify.jsonl", None, "is not there; name the folder"),
        ("smartspan/SMARTSpan/split_4/valid_classify.jsonl", '{"id": "1"}\n', "line 1: Object missing"),
        (
            "smartspan/SMARTSpan/split_4/valid_classify.jsonl",
            '{"id": "1", "goal": "walk", "label": [1, 2, 0], "SMARTlabel": "SMART"}\n',
            "line 1: Invalid enum value 2",
        ),
        (
            "smartspan/SMARTSpan/split_4/valid_classify.jsonl",
            '{"id": "1", "goal": "walk", "label": [1, 1, 0], "SMARTlabel": "Clever"}\n',
            "line 1: Invalid enum value 'Clever'",
        ),
        ("cered/en/val/sentences.tsv", "", "is empty; take a whole copy"),
        (
            "cered/en/val/sentences.tsv",
            "idx\tcontext\tsentence\ty\tconfidence\n1\t\tHm.\n",
            "row 2 is cut short",
        ),
    ],
)
def test_missing_and_damaged_data_end_the_command_with_a_sentence(folder, spoilt, text, sentence):
    path = folder / spoilt
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["others", str(folder), "--cache", str(folder / "cache")])
    assert result.exit_code == 1
    assert result.output.count("\n") == 1 and str(path) in result.output and sentence in result.output


# Figures


def made_up(n=40, seed=5) -> tuple[Data, list[Learned]]:
    """Two folds of random sentences and random answers, most of them right."""
    rng = np.random.default_rng(seed)

    def part(size):
        return tuple(
            Sentence(
                text=str(i),
                note=str(i // 2),
                label=int(rng.integers(3)),
                flags=(int(rng.integers(2)),),
                sure=bool(rng.random() < 0.8),
            )
            for i in range(size)
        )

    def answers(sentences):
        labels = [s.label if rng.random() < 0.7 else int(rng.integers(3)) for s in sentences]
        return Answers(tuple(labels), tuple((int(rng.integers(2)),) for _ in sentences))

    folds = tuple(Fold((), part(n), part(n)) for _ in range(2))
    data = Data(name="d", labels=("a", "b", "c"), flags=("f",), folds=folds, recipe=Recipe())
    return data, [Learned("", answers(fold.validation), answers(fold.test)) for fold in folds]


def test_figures_are_the_mean_over_the_folds_of_what_scikit_learn_says():
    data, learned = made_up()
    found = others.figures(data, learned, 20, 3)
    wanted = {"accuracy": [], "macro_f1": [], "all.accuracy": [], "b.f1": [], "f.kappa": []}
    for fold, each in zip(data.folds, learned, strict=True):
        gold, said = np.array([s.label for s in fold.test]), np.array(each.test.labels)
        sure = np.array([s.sure for s in fold.test])
        wanted["accuracy"].append(sk.accuracy_score(gold[sure], said[sure]))
        wanted["macro_f1"].append(sk.f1_score(gold[sure], said[sure], average="macro"))
        wanted["b.f1"].append(sk.f1_score(gold[sure], said[sure], labels=[1], average="macro"))
        wanted["all.accuracy"].append(sk.accuracy_score(gold, said))
        wanted["f.kappa"].append(
            sk.cohen_kappa_score([s.flags[0] for s in fold.test], [f[0] for f in each.test.flags])
        )
    for name, values in wanted.items():
        assert found[name][0] == pytest.approx(np.mean(values)), name
        assert found[name].shape == (21,)


def test_the_bootstrap_draws_whole_notes():
    """Sentences that come in identical pairs tell no more than half as many."""
    data, learned = made_up()
    twice = [tuple(s for s in fold.test for _ in range(2)) for fold in data.folds]
    doubled = Data(
        name="d",
        labels=data.labels,
        flags=data.flags,
        folds=tuple(Fold((), fold.validation, t) for fold, t in zip(data.folds, twice, strict=True)),
        recipe=Recipe(),
    )
    answers = [
        Learned(
            "",
            each.validation,
            Answers(
                tuple(label for label in each.test.labels for _ in range(2)),
                tuple(flags for flags in each.test.flags for _ in range(2)),
            ),
        )
        for each in learned
    ]
    np.testing.assert_allclose(
        others.figures(doubled, answers, 50, 3)["accuracy"],
        others.figures(data, learned, 50, 3)["accuracy"],
    )


# From end to end


def test_the_command_trains_once_and_writes_a_page_of_its_figures(folder):
    cache = folder / "cache"
    call = ["others", str(folder), "--cache", str(cache), "--epochs", "1", "--layers", "1"]
    first = CliRunner().invoke(main, call)
    assert first.exit_code == 0, first.output
    kept = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert len(kept) == 6  # one network for CEReD, five for SMARTSpan
    again = CliRunner().invoke(main, call)
    page = first.stdout[first.stdout.index("# The same network") :].strip()
    assert page in again.stdout
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == kept
    for data in real_text.read(folder, epochs=1, layers=1):
        account = others.measure(data, cache)
        for row in account.table:
            chief = row.figures["accuracy" if data.name == "CEReD" else "SMART.f1"]
            assert f"| {row.name} | {chief} |" in page
        words, majority = (row.figures["accuracy"].value for row in account.table[1:])
        assert words > majority
    assert "Attainable, " not in page


def test_the_network_learns_labels_that_are_not_the_codebook_s(folder):
    data = real_text.read_cered(folder / "cered" / "en")
    long_enough = Recipe(epochs=6, batch_tokens=64, layers=1, augment=False, bf16=False)
    account = others.measure(replace(data, recipe=long_enough), folder / "cache", replicates=10)
    assert account.table[0].figures["all.accuracy"].value == 1


def test_a_folder_without_the_data_is_named(tmp_path):
    with pytest.raises(DataError, match=r"train.sentences\.tsv is not there"):
        real_text.read(tmp_path)
