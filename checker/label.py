"""Units to labelled units: the model at run time, on ONNX Runtime and `tokenizers` alone.

The units of a record are packed together into windows, so that each is read in the light of its
neighbours, and the network gives one row of scores a unit. A window is run on its own, on one
thread: dynamic int8 quantisation scales by the largest activation in a batch, so that batching would
make a record's labels depend on its neighbours in the queue.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path

import msgspec
import numpy as np

from checker.codebook import ActionKind, Element, Flag, Label, action_band
from checker.record import Action, BandTemperatures, LabelledUnit, Labelling, Model, Unit

LABELS = tuple(Label)
FLAGS = tuple(Flag)
ELEMENTS = tuple(Element)

LABEL_SCORES = slice(0, 8)
FLAG_SCORES = slice(8, 14)
ELEMENT_SCORES = slice(14, 32)
KIND_SCORE = 32
"""Where each head's scores stand in the network's row of 33 a unit."""

SCORES = 33

INPUTS = {"input_ids", "pool", "ends"}
"""What the network is given of a window (`pack`)."""


class ModelError(Exception):
    """A model folder cannot be used; the message is one sentence that says why and what to do."""


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What turns the network's scores into honest probabilities, fitted on development records.

    Attributes
    ----------
    label : float
        Temperature of the label head.
    flag : Mapping of Flag to (float, float)
        Slope and intercept of each flag's score.
    flag_threshold : Mapping of Flag to float
        The probability from which a flag is set.
    element : Mapping of Element to float
        Temperature of each element's head.
    bands : BandTemperatures
    """

    label: float = 1.0
    flag: Mapping[Flag, tuple[float, float]] = msgspec.field(
        default_factory=lambda: dict.fromkeys(Flag, (1.0, 0.0))
    )
    flag_threshold: Mapping[Flag, float] = msgspec.field(default_factory=lambda: dict.fromkeys(Flag, 0.5))
    element: Mapping[Element, float] = msgspec.field(default_factory=lambda: dict.fromkeys(Element, 1.0))
    bands: BandTemperatures = BandTemperatures()


class ModelConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A model folder's `config.json`.

    Attributes
    ----------
    name, version : str
    max_tokens : int
        Word pieces in a window, separators included.
    base, base_sha256, corpus_sha256 : str
        What the model was trained from.
    seed : int
    int8_agreement : float, optional
        Share of development units whose label is the same before and after quantisation.
    labels, flags, elements : sequence of str
        The heads' order, checked against the codebook when the model is opened.
    calibration : Calibration
    """

    name: str
    version: str
    max_tokens: int
    base: str
    base_sha256: str
    corpus_sha256: str
    seed: int
    int8_agreement: float | None = None
    labels: tuple[str, ...] = LABELS
    flags: tuple[str, ...] = FLAGS
    elements: tuple[str, ...] = ELEMENTS
    calibration: Calibration = Calibration()


class Window(msgspec.Struct, frozen=True):
    """Neighbouring units ``first`` to ``last`` (exclusive) that the network reads together.

    ``owned`` are the units that take their scores from this window.
    """

    first: int
    last: int
    owned: range


def windows(lengths: Sequence[int], max_tokens: int) -> list[Window]:
    """Pack units into windows of at most `max_tokens`, overlapping by about an eighth.

    Parameters
    ----------
    lengths : sequence of int
        Word pieces of each unit, its separator included.
    max_tokens : int
        Room in a window, the opening token included.

    Returns
    -------
    list of Window
        Every unit is owned by exactly one window: the one that shows most on its poorer side.

    Examples
    --------
    >>> [list(w.owned) for w in windows([20] * 10, max_tokens=121)]
    [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9]]
    """
    room = max_tokens - 1
    edges = [0, *accumulate(lengths)]
    total = len(lengths)
    spans = []
    first = 0
    while True:
        last = max(first + 1, bisect_left(edges, edges[first] + room + 1) - 1)
        spans.append((first, last))
        if last >= total:
            break
        # Step back over an eighth of the window, but always move on by one unit.
        first = max(first + 1, min(last, bisect_left(edges, edges[last] - room // 8)))
    cuts = [0]
    for (_, earlier_last), (later_first, _) in pairwise(spans):
        middle = (edges[later_first] + edges[earlier_last]) / 2
        shared = range(later_first, earlier_last)
        cuts.append(next((u for u in shared if (edges[u] + edges[u + 1]) / 2 >= middle), earlier_last))
    cuts.append(total)
    return [Window(*span, range(a, b)) for span, a, b in zip(spans, cuts, cuts[1:], strict=False)]


def encode(tokenizer, texts: Sequence[str], max_tokens: int) -> list[list[int]]:
    """Word pieces of each unit followed by the separator, cut so that one unit fits a window."""
    separator = tokenizer.token_to_id("[SEP]")
    encodings = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    return [[*encoding.ids[: max_tokens - 2], separator] for encoding in encodings]


def pack(pieces: Sequence[Sequence[int]], opening: int) -> dict[str, np.ndarray]:
    """One window's input to the network.

    Returns
    -------
    dict
        `input_ids`, shape (t,); `pool`, shape (units, t), which spreads a unit's weight evenly over its own
        word pieces; `ends`, shape (units, t), 1 at the separator that ends the unit.
    """
    ids = np.array([opening, *(piece for unit in pieces for piece in unit)], dtype=np.int64)
    pool, ends = np.zeros((2, len(pieces), len(ids)), dtype=np.float32)
    at = 1
    for spread, end, unit in zip(pool, ends, pieces, strict=True):
        own = max(1, len(unit) - 1)
        spread[at : at + own] = 1 / own
        at += len(unit)
        end[at - 1] = 1
    return {"input_ids": ids, "pool": pool, "ends": ends}


class Labeller:
    """A trained model, opened for use.

    Parameters
    ----------
    folder : path
        Holds `model.onnx`, `tokenizer.json` and `config.json`.
    jobs : int
        How many windows the network reads at a time, each on a thread of its own.

    Raises
    ------
    ModelError
        When the folder is not a model of this codebook; of a damaged network only `wait` and `label` tell,
        since it opens while the caller goes on.
    """

    def __init__(self, folder: str | Path, jobs: int = 1):
        import onnxruntime  # noqa: F401  first, so that the network opens while the rest is read
        from tokenizers import Tokenizer

        folder = Path(folder)
        for name in ("config.json", "tokenizer.json", "model.onnx"):
            if not (folder / name).is_file():
                raise ModelError(f"{folder} is not a model folder: it has no {name}.")
        self._pool = ThreadPoolExecutor(jobs)
        # Meanwhile this thread goes on.
        self._session = self._pool.submit(_open, folder / "model.onnx")
        self._digest = self._pool.submit(_sha256, folder / "model.onnx")
        try:
            self.config = msgspec.json.decode((folder / "config.json").read_bytes(), type=ModelConfig)
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # each library raises its own kinds
            raise ModelError(f"The model in {folder} cannot be opened: {_first_line(error)}") from error
        spelt = (self.config.labels, self.config.flags, self.config.elements)
        if spelt != (LABELS, FLAGS, ELEMENTS):
            raise ModelError(f"The model in {folder} was trained on another codebook; retrain it.")
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    @cached_property
    def model(self) -> Model:
        """The network's name and version, and its hash as read from the file."""
        return Model(self.config.name, self.config.version, self._digest.result())

    def wait(self) -> None:
        """Wait until the network is open.

        Raises
        ------
        ModelError
            When it is damaged, or was made by another version of this software.
        """
        try:
            self._session.result()
        except Exception as error:
            raise ModelError(
                f"The network of {self.config.name} cannot be opened: {_first_line(error)}"
            ) from error

    def label(self, units: Sequence[Unit]) -> Labelling:
        """Label the units of one record.

        Parameters
        ----------
        units : sequence of Unit
            All the units of the record, in order.

        Returns
        -------
        Labelling
        """
        return decide(units, self.scores([unit.text for unit in units]), self.config.calibration)

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """The network's raw scores for one record's units, shape (units, 33)."""
        scores = np.zeros((len(texts), SCORES), dtype=np.float32)
        if not texts:
            return scores
        self.wait()
        limit = self.config.max_tokens
        pieces = encode(self._tokenizer, texts, limit)
        opening = self._tokenizer.token_to_id("[CLS]")
        cut = windows([len(unit) for unit in pieces], limit)
        packed = [pack(pieces[window.first : window.last], opening) for window in cut]
        for window, found in zip(cut, self._pool.map(self._read, packed), strict=True):
            owned = window.owned
            scores[owned.start : owned.stop] = found[owned.start - window.first : owned.stop - window.first]
        return scores

    def _read(self, window: dict[str, np.ndarray]) -> np.ndarray:
        batch_of_one = {name: array[None] for name, array in window.items()}
        return self._session.result().run(None, batch_of_one)[0][0]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(network: Path):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # The export has optimised the network once and for all.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
    if {given.name for given in session.get_inputs()} != INPUTS:
        raise ValueError("it was made by another version of this software; train it anew.")
    return session


def decide(units: Sequence[Unit], scores: np.ndarray, calibration: Calibration) -> Labelling:
    """Turn raw scores, shape (n, 33), into labelled units and calibrated probabilities."""
    n = len(units)
    label = _softmax(scores[:, LABEL_SCORES] / calibration.label)
    slope, intercept = np.array([calibration.flag[flag] for flag in FLAGS], dtype=np.float32).T
    flag = _sigmoid(scores[:, FLAG_SCORES] * slope + intercept)
    temperature = np.array([calibration.element[element] for element in ELEMENTS], dtype=np.float32)
    element = _softmax(scores[:, ELEMENT_SCORES].reshape(n, 6, 3) / temperature[:, None])
    threshold = np.array([calibration.flag_threshold[f] for f in FLAGS])

    best = label.argmax(1).tolist()
    sure = label.max(1).tolist()
    flagged = (flag >= threshold).tolist()
    graded = expected_grade(element).tolist()
    change = (scores[:, KIND_SCORE] >= 0).tolist()
    labelled = tuple(
        LabelledUnit(
            start=unit.start,
            end=unit.end,
            text=unit.text,
            line=unit.line,
            label=LABELS[best[i]],
            probability=round(sure[i], 4),
            flags=tuple(f for f, present in zip(FLAGS, flagged[i], strict=True) if present),
            **({"action": _action(graded[i], change[i])} if LABELS[best[i]] is Label.ACTION else {}),
        )
        for i, unit in enumerate(units)
    )
    return Labelling(labelled, label, flag, element)


def expected_grade(element: np.ndarray) -> np.ndarray:
    """The grade nearest to the mean of the three, shape (..., 3) to (...).

    Grades are ordered: between 0 and 2 in doubt, 1 errs least in squares, which is what quadratic kappa
    counts; the most probable grade would err by two half of the time.
    """
    return np.rint(element @ np.arange(3)).astype(int)


def _action(grades: Sequence[int], change: bool) -> Action:
    elements = dict(zip(ELEMENTS, grades, strict=True))
    kind = ActionKind.CHANGE if change else ActionKind.PROCESS
    return Action(
        **{element.value: grade for element, grade in elements.items()}, band=action_band(elements), kind=kind
    )


def _softmax(scores: np.ndarray) -> np.ndarray:
    spread = np.exp(scores - scores.max(-1, keepdims=True))
    return spread / spread.sum(-1, keepdims=True)


def _sigmoid(scores: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-scores))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
