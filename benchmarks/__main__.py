"""Speed and memory of the checker, each figure beside its baseline in the same run.

    python -m benchmarks            all of them
    python -m benchmarks cold       one of them: cold, throughput, pipeline, memory

Absolute times depend on the machine and its other work; the ratios are the figures to go by.
"""

import csv
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from checker.checking import Checker, available_cores, default_model
from checker.label import Labeller, encode, pack, windows
from checker.record import Record
from checker.segment import segment
from training.corpus import read

CHECKER = str(Path(sys.executable).with_name("checker"))
BARE = "import onnxruntime, tokenizers, numpy"
LAUNCHER = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss / 1024, used.ru_utime + used.ru_stime, status)
"""
"""Linux counts to a command's peak memory what the process that started it held; so a small one starts it."""


def texts(n: int) -> Iterator[tuple[str, str]]:
    """Corpus records repeated under new ids, each with its number in its text, up to `n`."""
    for number, record in zip(range(n), itertools.cycle(read()), strict=False):
        yield f"{record.id}-{number}", f"{record.text}\nForm {number}."


def write_csv(path: Path, n: int, characters: int | None = None) -> Path:
    """A table of `n` records, each cut to so many characters."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        writer.writerows((id_, text[:characters]) for id_, text in texts(n))
    return path


def seconds(command: list[str]) -> float:
    """Wall time of a whole process."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def used(command: list[str]) -> tuple[float, float, int]:
    """Peak memory of a whole process in MB, its time on one core in seconds, and its exit status."""
    said = subprocess.run([sys.executable, "-c", LAUNCHER, *command], stdout=subprocess.PIPE, check=True)
    peak, worked, status = said.stdout.split()
    return float(peak), float(worked), int(status)


def cold(folder: Path, runs: int = 9) -> None:
    """A cold check of a 600-word note against a bare import of the run-time libraries."""
    note = folder / "note.txt"
    words = itertools.chain.from_iterable(text.split(" ") for _, text in texts(4))
    note.write_text(" ".join(itertools.islice(words, 600)), encoding="utf-8")
    bare, whole = [], []
    for _ in range(runs):  # in turn, so that other work on the machine falls on both
        bare.append(seconds([sys.executable, "-c", BARE]))
        whole.append(seconds([CHECKER, "check", str(note)]))
    a, b = statistics.median(bare), statistics.median(whole)
    ratios = sorted(w / x for w, x in zip(whole, bare, strict=True))
    print(
        f"cold: checker check, 600 words: {b:.3f} s; bare import: {a:.3f} s; "
        f"ratio {b / a:.2f} (runs {ratios[0]:.2f} to {ratios[-1]:.2f}); wanted: at most 2.5, under 1 s"
    )


def best_encoder_time(labeller: Labeller, records: list[str]) -> float:
    """The fastest of several ways to run the bare network over the records' windows."""
    limit = labeller.config.max_tokens
    tokenizer = labeller._tokenizer
    packed = []
    for text in records:
        pieces = encode(tokenizer, [unit.text for unit in segment(text)], limit)
        for window in windows([len(unit) for unit in pieces], limit):
            packed.append(pack(pieces[window.first : window.last], tokenizer.token_to_id("[CLS]")))
    packed.sort(key=lambda window: len(window["input_ids"]))

    def batched(packed: list, size: int) -> list[dict[str, np.ndarray]]:
        feeds = []
        for start in range(0, len(packed), size):
            some = packed[start : start + size]
            units, tokens = np.max([window["pool"].shape for window in some], axis=0)
            feed = {
                name: np.zeros((len(some), *shape), dtype=some[0][name].dtype)
                for name, shape in (
                    ("input_ids", (tokens,)),
                    ("pool", (units, tokens)),
                    ("ends", (units, tokens)),
                )
            }
            for i, window in enumerate(some):
                for name, array in window.items():
                    feed[name][i][tuple(map(slice, array.shape))] = array
            feeds.append(feed)
        return feeds

    def timed(packed: list, size: int) -> float:
        feeds = batched(packed, size)
        start = time.perf_counter()
        with ThreadPoolExecutor(available_cores()) as pool:
            for _ in pool.map(lambda feed: labeller._session.result().run(None, feed), feeds):
                pass
        return time.perf_counter() - start

    fastest = min((1, 2, 4, 8), key=lambda size: timed(packed[:: max(1, len(packed) // 200)], size))
    return timed(packed, fastest)


def throughput(folder: Path, n: int = 2000) -> None:
    """`checker check --format jsonl` on a table against the bare encoder on the same windows."""
    table = write_csv(folder / "table.csv", n)
    out = folder / "out.jsonl"
    labeller = Labeller(default_model())
    labeller.wait()
    encoder = best_encoder_time(labeller, [text for _, text in texts(n)])
    whole = seconds([CHECKER, "check", str(table), "--output", str(out)])
    print(
        f"throughput: {n:,} records end to end: {whole:.1f} s ({n / whole:.0f} a second); bare encoder, "
        f"best batched: {encoder:.1f} s; ratio {whole / encoder:.2f}; wanted: at most 1.25"
    )


def pipeline(folder: Path, n: int = 120) -> None:
    """One record at a time: the checker against the same network in plain transformers and torch, fp32.

    The plain pipeline does what its libraries' documentation shows: a record's windows tokenised, padded
    into one batch with its attention mask, and run; it neither cuts units nor judges nor asks.
    """
    import torch

    from training.network import open_base
    from training.train import collate, examples, targets

    torch.set_num_threads(available_cores())
    records = list(itertools.islice(read(), n))
    checker = Checker()
    checker.wait()
    network, _, _ = open_base()
    network.eval()
    labeller = checker._labeller

    @torch.inference_mode()
    def plain() -> None:
        for record in records:
            found = [(record.unit_texts, targets(record.units))]
            batch = collate(examples(found, labeller._tokenizer, labeller.config.max_tokens))
            network(batch["input_ids"], batch["pool"], batch["ends"], batch["attention_mask"]).argmax(-1)

    def ours() -> None:
        for _ in checker.check_records(Record(text=r.text, id=r.id, source="x") for r in records):
            pass

    slow, fast = elapsed(plain), elapsed(ours)
    print(
        f"pipeline: {n} records: torch fp32, one at a time: {slow:.2f} s; checker: {fast:.2f} s; "
        f"{slow / fast:.1f} times faster; wanted: at least 4"
    )


def elapsed(work: Callable[[], None], runs: int = 3) -> float:
    """The fastest of a few runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def memory(folder: Path) -> None:
    """Peak memory of a whole process on 2,000 and on 20,000 records.

    Records are cut to 300 characters: what would grow with the file grows with their number.
    """
    peaks = {}
    for n in (2_000, 20_000):
        table = write_csv(folder / f"table-{n}.csv", n, 300)
        command = [CHECKER, "check", str(table), "--output", str(folder / "out.jsonl")]
        peaks[n], _, _ = used(command)
    small, large = peaks.values()
    print(
        f"memory: peak {large:.0f} MB for 20,000 records, {small:.0f} MB for 2,000; "
        f"ratio {large / small:.2f}; wanted: at most 450 MB, and flat"
    )


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["cold", "throughput", "pipeline", "memory"]
    with tempfile.TemporaryDirectory() as place:
        for name in wanted:
            globals()[name](Path(place))
