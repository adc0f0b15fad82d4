"""Promises about the measurement of a change of service."""

from itertools import pairwise

import msgspec
import pytest
from click.testing import CliRunner

from training import shift
from training.__main__ import main
from training.corpus import CorpusError, Split, read, shipped_split
from training.evaluate import service_group
from training.train import Recipe

RECORDS = {record.id: record for record in read()}
SHIPPED = shipped_split()
CURVE = shift.splits(list(RECORDS.values()), SHIPPED)
QUICK = Recipe(epochs=1, layers=1, max_tokens=128, augment=False, bf16=False)


def adults(ids) -> int:
    return sum(service_group(RECORDS[id].service) == "adults" for id in ids)


def test_training_begins_without_adults_and_ends_with_all_of_them():
    assert [adults(at.train) for at in CURVE] == [0, 10, 20, 40, adults(SHIPPED.train)]
    assert set(CURVE[-1].train) == set(SHIPPED.train)


def test_each_draw_holds_the_one_before_and_is_the_same_again():
    for fewer, more in pairwise(CURVE):
        assert set(fewer.train) < set(more.train)
    assert shift.splits(list(RECORDS.values()), SHIPPED) == CURVE
    assert shift.splits(list(RECORDS.values()), SHIPPED, seed=18) != CURVE


def test_calibration_sees_no_adults_and_testing_sees_nobody_else():
    for at in CURVE:
        assert adults(at.development) == 0
        assert adults(at.test) == len(at.test) == adults(SHIPPED.test)


def test_records_without_the_services_in_question_get_a_sentence():
    without = [record for record in RECORDS.values() if service_group(record.service) != "adults"]
    ids = {record.id for record in without}
    split = Split(*(tuple(id for id in part if id in ids) for part in msgspec.structs.astuple(SHIPPED)))
    with pytest.raises(CorpusError, match="adults' services in the training and the test part"):
        shift.splits(without, split)


@pytest.fixture(scope="module")
def few():
    """Short records: ten of adults' services to learn from, and a few of others."""

    def chosen(part: str, group: bool, most: int) -> tuple[str, ...]:
        ids = [id for id in getattr(SHIPPED, part) if bool(adults([id])) is group]
        return tuple(sorted(ids, key=lambda id: len(RECORDS[id].units))[most : 2 * most])

    train = chosen("train", False, 3) + chosen("train", True, 10)
    return Split(train, chosen("development", False, 3), chosen("test", True, 4))


@pytest.fixture(scope="module")
def measured(few, tmp_path_factory):
    cache, told = tmp_path_factory.mktemp("cache"), []

    def measure():
        return shift.measure(
            cache,
            records=list(RECORDS.values()),
            split=few,
            recipe=QUICK,
            replicates=30,
            tell=told.append,
        )

    first = measure()
    kept = {path: path.stat().st_mtime_ns for path in cache.rglob("model.onnx")}
    return first, measure(), kept, told


def test_a_run_that_goes_on_trains_nothing_twice(measured):
    first, again, kept, told = measured
    assert again == first
    assert len(kept) == 2
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())
    assert told[0].startswith("With 0 of the adults' records") and told[1].startswith("With 10 of")


def test_the_page_is_made_of_the_figures(measured, tmp_path):
    found = measured[0]
    shift.write(found, tmp_path / "shift.md")
    page = (tmp_path / "shift.md").read_text(encoding="utf-8")
    for step in found.steps:
        row = f"| {step.held_out} | {step.records} | {step.network['label.macro_f1']} |"
        assert row in page
        assert str(step.words["weak.f1"]) in page
    assert found.steps[0].gain["label.macro_f1"].value == 0
    assert f"trained for | {QUICK.epochs} epochs" in page
    assert (tmp_path / "figures" / "shift.png").read_bytes().startswith(b"\x89PNG")


def test_a_base_without_weights_ends_the_command_with_a_sentence(tmp_path):
    result = CliRunner().invoke(main, ["shift", "--cache", str(tmp_path / "c"), "--base", str(tmp_path)])
    assert result.exit_code == 1
    assert result.output.count("\n") == 1 and "holds no model.safetensors" in result.output
