"""Training: windows of labelled units, one loss over all heads, seeded and resumable."""

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

import msgspec
import numpy as np
import torch
from rich.progress import Progress
from tokenizers import Tokenizer
from torch.nn import functional as F

from checker.codebook import ActionKind, Element, Flag, Label
from checker.label import encode, pack, windows
from training.augment import vary
from training.corpus import GoldRecord, GoldUnit
from training.network import Heads, Network, open_base

IGNORED = -100

Lesson = tuple[Sequence[str], dict[str, np.ndarray]]
"""The texts of one record's units, and their targets."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How a network is trained; every figure in EXPERIMENTS.md names its departures from this."""

    epochs: int = 9
    augment: bool = True
    batch_tokens: int = 2048
    learning_rate: float = 2e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    weight_decay: float = 0.01
    warmup: float = 0.1
    dropout: float = 0.1
    max_tokens: int = 256
    label_smoothing: float = 0.05
    class_power: float = 0.5
    weights: tuple[float, float, float, float] = (1.0, 3.0, 2.0, 0.3)
    freeze_words: bool = True
    bf16: bool = True
    layers: int | None = None
    seed: int = 17


class Example(msgspec.Struct):
    """One window ready for the network."""

    window: dict[str, np.ndarray]
    label: np.ndarray
    flag: np.ndarray
    element: np.ndarray
    kind: np.ndarray

    @property
    def tokens(self) -> int:
        """Word pieces in the window."""
        return len(self.window["input_ids"])


def targets(units: Sequence[GoldUnit]) -> dict[str, np.ndarray]:
    """The units' labels as arrays; elements and kind are ignored outside actions."""
    labels, flags, elements = list(Label), list(Flag), list(Element)
    return {
        "label": np.array([labels.index(unit.label) for unit in units]),
        "flag": np.array([[flag in unit.flags for flag in flags] for unit in units], dtype=np.float32),
        "element": np.array(
            [[unit.action.elements[e] if unit.action else IGNORED for e in elements] for unit in units]
        ),
        "kind": np.array(
            [float(unit.action.kind is ActionKind.CHANGE) if unit.action else IGNORED for unit in units],
            dtype=np.float32,
        ),
    }


def examples(lessons: Sequence[Lesson], tokenizer: Tokenizer, max_tokens: int) -> list[Example]:
    """Cut lessons into windows."""
    opening = tokenizer.token_to_id("[CLS]")
    found = []
    for texts, wanted in lessons:
        pieces = encode(tokenizer, texts, max_tokens)
        for window in windows([len(unit) for unit in pieces], max_tokens):
            packed = pack(pieces[window.first : window.last], opening)
            found.append(Example(packed, **{k: v[window.first : window.last] for k, v in wanted.items()}))
    return found


def batches(found: list[Example], batch_tokens: int, rng: random.Random) -> list[list[Example]]:
    """Shuffle windows into batches of nearly equal length."""
    order = sorted(found, key=lambda e: e.tokens + rng.uniform(-24, 24))
    cut: list[list[Example]] = [[]]
    for example in order:
        if cut[-1] and (len(cut[-1]) + 1) * max(example.tokens, *(e.tokens for e in cut[-1])) > batch_tokens:
            cut.append([])
        cut[-1].append(example)
    rng.shuffle(cut)
    return cut


def collate(batch: list[Example]) -> dict[str, torch.Tensor]:
    """Pad a batch; padded units are ignored by every loss."""
    tokens = max(e.tokens for e in batch)
    units = max(len(e.label) for e in batch)
    n = len(batch)
    arrays = {
        "input_ids": np.zeros((n, tokens), dtype=np.int64),
        "attention_mask": np.zeros((n, tokens), dtype=np.int64),
        "pool": np.zeros((n, units, tokens), dtype=np.float32),
        "ends": np.zeros((n, units, tokens), dtype=np.float32),
        "label": np.full((n, units), IGNORED),
        "flag": np.full((n, units, batch[0].flag.shape[1]), IGNORED, dtype=np.float32),
        "element": np.full((n, units, 6), IGNORED),
        "kind": np.full((n, units), IGNORED, dtype=np.float32),
    }
    for i, e in enumerate(batch):
        arrays["input_ids"][i, : e.tokens] = e.window["input_ids"]
        arrays["attention_mask"][i, : e.tokens] = 1
        for name in ("pool", "ends"):
            arrays[name][i, : len(e.label), : e.tokens] = e.window[name]
        for name in ("label", "flag", "element", "kind"):
            arrays[name][i, : len(e.label)] = getattr(e, name)
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


class Loss:
    """The weighted sum of the four heads' losses, with classes and flags weighted by rarity."""

    def __init__(self, found: Sequence[Example], recipe: Recipe, heads: Heads, device: str):
        labels = heads.label.stop - heads.label.start
        count = np.bincount(np.concatenate([e.label for e in found]), minlength=labels) + 1
        weight = (count.sum() / count) ** recipe.class_power
        self.label = torch.tensor(
            weight / (weight * count).sum() * count.sum(), dtype=torch.float32, device=device
        )
        rate = np.concatenate([e.flag for e in found]).mean(0).clip(1e-3)
        self.flag = torch.tensor(
            ((1 - rate) / rate) ** recipe.class_power, dtype=torch.float32, device=device
        )
        self.recipe, self.heads = recipe, heads

    def __call__(self, scores: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """The loss of one batch; ``scores`` has shape (batch, units, scores)."""
        w_label, w_flag, w_element, w_kind = self.recipe.weights
        real = batch["label"] != IGNORED
        action = batch["kind"] != IGNORED
        label = F.cross_entropy(
            scores[..., self.heads.label][real],
            batch["label"][real],
            self.label,
            label_smoothing=self.recipe.label_smoothing,
        )
        total = w_label * label
        if len(self.flag):
            total = total + w_flag * F.binary_cross_entropy_with_logits(
                scores[..., self.heads.flag][real], batch["flag"][real], pos_weight=self.flag
            )
        if action.any():
            grades = scores[..., self.heads.element][action].reshape(-1, 3)
            total = total + w_element * F.cross_entropy(grades, batch["element"][action].reshape(-1))
            total = total + w_kind * F.binary_cross_entropy_with_logits(
                scores[..., self.heads.kind][action], batch["kind"][action]
            )
        return total


def optimiser(network: Network, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with a rate that falls by `layer_decay` from the top layer down; heads have their own."""
    layers = network.encoder.encoder.layer
    groups = [{"params": list(network.heads.parameters()), "lr": recipe.head_rate}]
    for depth, layer in enumerate(reversed(layers)):
        groups.append(
            {"params": list(layer.parameters()), "lr": recipe.learning_rate * recipe.layer_decay**depth}
        )
    for parameter in network.encoder.embeddings.word_embeddings.parameters():
        parameter.requires_grad_(not recipe.freeze_words)
    rest = [p for p in network.encoder.embeddings.parameters() if p.requires_grad]
    groups.append({"params": rest, "lr": recipe.learning_rate * recipe.layer_decay ** len(layers)})
    return torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)


@torch.no_grad()
def score_records(
    network: Network, tokenizer: Tokenizer, texts: Sequence[list[str]], max_tokens: int
) -> list[np.ndarray]:
    """The network's scores for the units of each record, shape (units, scores) each, in fp32."""
    network.eval()
    width = network.heads[-1].out_features
    device = next(network.parameters()).device
    opening = tokenizer.token_to_id("[CLS]")
    found = []
    for units in texts:
        scores = np.zeros((len(units), width), dtype=np.float32)
        pieces = encode(tokenizer, units, max_tokens)
        for window in windows([len(unit) for unit in pieces], max_tokens):
            packed = pack(pieces[window.first : window.last], opening)
            out = network(**{name: torch.from_numpy(a)[None].to(device) for name, a in packed.items()})[
                0
            ].cpu()
            own = window.owned
            scores[own.start : own.stop] = out[own.start - window.first : own.stop - window.first].numpy()
        found.append(scores)
    return found


def fit(
    records: Sequence[GoldRecord],
    recipe: Recipe,
    base: str | None = None,
    after_epoch=None,
    checkpoint: Path | None = None,
) -> tuple[Network, Tokenizer, str]:
    """Train a network on labelled records.

    Parameters
    ----------
    records : sequence of GoldRecord
    recipe : Recipe
    base, after_epoch, checkpoint
        See `fit_lessons`.

    Returns
    -------
    network, tokenizer, base_sha256
    """

    def varied(rng: random.Random) -> list[Lesson]:
        return [(texts, targets(units)) for texts, units in (vary(record, rng) for record in records)]

    return fit_lessons(
        [(record.unit_texts, targets(record.units)) for record in records],
        Heads(),
        recipe,
        base=base,
        varied=varied if recipe.augment else None,
        after_epoch=after_epoch,
        checkpoint=checkpoint,
    )


def fit_lessons(
    lessons: Sequence[Lesson],
    heads: Heads,
    recipe: Recipe,
    base: str | None = None,
    varied: Callable[[random.Random], Sequence[Lesson]] | None = None,
    after_epoch=None,
    checkpoint: Path | None = None,
) -> tuple[Network, Tokenizer, str]:
    """Train a network on lessons, of the codebook or of other labels.

    Parameters
    ----------
    lessons : sequence of Lesson
    heads : Heads
    recipe : Recipe
    base : str, optional
        See `training.network.open_base`.
    varied : callable, optional
        Gives the lessons of an epoch; without it every epoch has the same.
    after_epoch : callable, optional
        Called with (epoch, network, tokenizer, loss) after each epoch; ``loss`` is its mean over batches.
    checkpoint : Path, optional
        Where the state is kept after each epoch; a run that finds one goes on from it.

    Returns
    -------
    network, tokenizer, base_sha256
    """
    random.seed(recipe.seed)
    np.random.seed(recipe.seed)
    torch.manual_seed(recipe.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network, folder, digest = open_base(base, recipe.layers, heads.scores)
    network.heads[0].p = network.heads[3].p = recipe.dropout
    network.to(device)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    plain = examples(lessons, tokenizer, recipe.max_tokens)
    loss_of = Loss(plain, recipe, heads, device)
    steps = len(batches(plain, recipe.batch_tokens, random.Random(0)))
    optimizer = optimiser(network, recipe)
    total = steps * recipe.epochs
    warm = max(1, int(total * recipe.warmup))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (total - step) / max(1, total - warm)))
    )
    start = 0
    if checkpoint and checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        start = state["epoch"]
    with Progress(transient=True) as progress:
        bar = progress.add_task("training", total=recipe.epochs, completed=start)
        for epoch in range(start, recipe.epochs):
            rng = random.Random(recipe.seed * 1000 + epoch)
            torch.manual_seed(recipe.seed * 1000 + epoch)
            found = examples(varied(rng), tokenizer, recipe.max_tokens) if varied else plain
            network.train()
            cut = batches(found, recipe.batch_tokens, rng)
            losses = []
            for batch in cut:
                tensors = {k: v.to(device) for k, v in collate(batch).items()}
                with torch.autocast(device, dtype=torch.bfloat16, enabled=recipe.bf16):
                    scores = network(
                        tensors["input_ids"], tensors["pool"], tensors["ends"], tensors["attention_mask"]
                    )
                loss = loss_of(scores.float(), tensors)
                losses.append(loss.item())
                if not math.isfinite(losses[-1]):
                    raise FloatingPointError("The loss is no longer a number; lower the learning rate.")
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                progress.advance(bar, 1 / len(cut))
            if checkpoint:
                state = {
                    "network": network.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "schedule": schedule.state_dict(),
                }
                torch.save({**state, "epoch": epoch + 1}, checkpoint.with_suffix(".new"))
                checkpoint.with_suffix(".new").replace(checkpoint)
            if after_epoch:
                after_epoch(epoch, network, tokenizer, fmean(losses))
    return network, tokenizer, digest
