"""The evaluation's figures: calibration and confusion."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from checker.codebook import Label, PlanBand, ReflectionBand
from training.metrics import calibration_error
from training.tally import Tally

INK, PAPER_BLUE = "#1d3557", "Blues"


def draw(counts: Tally, folder: Path) -> None:
    """Write `calibration.png` and `confusion.png` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in (("calibration", _calibration(counts)), ("confusion", _confusion(counts))):
        figure.savefig(folder / f"{name}.png", dpi=100, metadata={"Software": None})


def _calibration(counts: Tally) -> Figure:
    figure = Figure(figsize=(10, 6.6), layout="constrained")
    titles = ("Labels", "Flags", "Action elements", "Reflection band", "Plan band", "Weak or not")
    for axes, title, bins in zip(
        figure.subplots(2, 3).flat, titles, [*counts.bins, *counts.bands.bins], strict=True
    ):
        summed = bins.sum(0)
        n, claimed, true = summed[summed[:, 0] > 0].T
        axes.plot([0, 1], [0, 1], color="grey", linewidth=1, linestyle="--")
        axes.plot(claimed / n, true / n, color=INK)
        axes.scatter(claimed / n, true / n, s=15 + 150 * n / n.sum(), color=INK)
        axes.set(
            title=f"{title} (error {calibration_error(summed):.3f})",
            xlabel="probability claimed",
            ylabel="share that came true",
            xlim=(0, 1),
            ylim=(0, 1.02),
        )
    return figure


def _confusion(counts: Tally) -> Figure:
    figure = Figure(figsize=(15, 5.4), layout="constrained")
    shown = (
        ("Labels", Label, counts.label),
        ("Reflection band", ReflectionBand, counts.bands.reflection),
        ("Plan band", PlanBand, counts.bands.plan),
    )
    for axes, (title, words, per_record) in zip(figure.subplots(1, 3), shown, strict=True):
        total = per_record.sum(0)
        share = total / np.maximum(total.sum(1, keepdims=True), 1)
        axes.imshow(share, cmap=PAPER_BLUE, vmin=0, vmax=1)
        names = [word.replace("_", " ") for word in words]
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
        axes.set_yticks(range(len(names)), names)
        axes.set(title=title, xlabel="predicted", ylabel="annotated")
        for (row, column), n in np.ndenumerate(total):
            if n:
                colour = "white" if share[row, column] > 0.5 else "black"
                axes.text(column, row, str(n), ha="center", va="center", color=colour, fontsize=9)
    return figure
