"""The model at run time: windows, determinism, and clear words when a folder is no model."""

import json
import shutil
from itertools import pairwise

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from checker.checking import Checker, default_model
from checker.codebook import Label
from checker.label import Labeller, ModelError, expected_grade, windows
from checker.segment import segment
from training.corpus import read


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return Labeller(default_model())


@given(st.lists(st.integers(1, 511), max_size=80))
def test_every_unit_is_owned_by_one_window_that_holds_it_and_has_room(lengths):
    found = windows(lengths, 512)
    assert [unit for window in found for unit in window.owned] == list(range(len(lengths)))
    for window in found:
        assert window.first <= window.owned.start <= window.owned.stop <= window.last
        assert sum(lengths[window.first : window.last]) <= 511


@given(st.lists(st.integers(5, 40), min_size=40, max_size=80))
def test_windows_of_a_long_record_overlap(lengths):
    found = windows(lengths, 512)
    for earlier, later in pairwise(found):
        assert later.first < earlier.last


def test_a_record_is_labelled_alike_alone_and_among_others_on_one_thread_or_four():
    texts = [record.text for record in read()[:12]]
    one = [Checker(jobs=1).check(text).units for text in texts]
    four = Checker(jobs=4)
    from checker.record import Record

    records = [Record(text=text, id=str(i), source="") for i, text in enumerate(reversed(texts))]
    among = [result.units for result in four.check_records(records)]
    assert list(reversed(among)) == one


def test_a_record_of_any_length_is_labelled_in_full(labeller):
    text = "\n".join(f"{n} SW saw Maisie at school and she talked about her rabbit." for n in range(600))
    units = segment(text)
    assert len(labeller.label(units).units) == len(units) == 600


def test_one_endless_unit_is_labelled(labeller):
    (unit,) = labeller.label(segment("mum " * 5000)).units
    assert unit.label in Label


def test_a_grade_in_doubt_between_none_and_all_is_the_one_between():
    chances = np.array([[0.45, 0.05, 0.5], [0.2, 0.0, 0.8], [0.9, 0.0, 0.1], [0.1, 0.8, 0.1]])
    assert expected_grade(chances).tolist() == [1, 2, 0, 1]


def test_no_units_give_no_labels(labeller):
    assert labeller.label([]).units == ()


def test_probabilities_sum_to_one(labeller):
    labelling = labeller.label(segment(read()[0].text))
    np.testing.assert_allclose(labelling.label.sum(1), 1, atol=1e-5)
    np.testing.assert_allclose(labelling.element.sum(2), 1, atol=1e-5)
    assert ((labelling.flag >= 0) & (labelling.flag <= 1)).all()


def test_an_empty_folder_is_no_model(tmp_path):
    with pytest.raises(ModelError, match=r"not a model folder: it has no config\.json"):
        Labeller(tmp_path)


def test_a_network_of_another_version_is_said_to_be_so(tmp_path):
    shutil.copytree(default_model(), tmp_path, dirs_exist_ok=True)
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1])
    ids = helper.make_tensor_value_info("input_ids", TensorProto.FLOAT, [1])
    graph = helper.make_graph(
        [helper.make_node("Identity", ["input_ids"], ["scores"])], "old", [ids], [scores]
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8),
        tmp_path / "model.onnx",
    )
    with pytest.raises(ModelError, match="made by another version of this software; train it anew"):
        Labeller(tmp_path).wait()


def test_a_damaged_network_is_said_to_be_so(tmp_path):
    shutil.copytree(default_model(), tmp_path, dirs_exist_ok=True)
    (tmp_path / "model.onnx").write_bytes(b"not a network")
    with pytest.raises(ModelError, match="cannot be opened"):
        Labeller(tmp_path).wait()
    with pytest.raises(ModelError, match="cannot be opened"):
        Checker(tmp_path).check("Seen at school.")


def test_a_model_of_another_codebook_is_refused(tmp_path):
    shutil.copytree(default_model(), tmp_path, dirs_exist_ok=True)
    config = json.loads((tmp_path / "config.json").read_text())
    config["labels"] = [*config["labels"][1:], "waffle"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="another codebook"):
        Labeller(tmp_path)
