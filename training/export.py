"""A trained network to a model folder: ONNX, fused, int8, with its tokenizer and config."""

import tempfile
from pathlib import Path

import msgspec
import torch
from tokenizers import Tokenizer

from checker.label import ModelConfig
from training.network import Network


class FolderExists(Exception):
    """A model folder is there already and was not to be overwritten."""


def export(
    network: Network, tokenizer: Tokenizer, config: ModelConfig, folder: Path, overwrite: bool = False
) -> None:
    """Write a model folder that `checker` can use.

    Weights and activations of every matrix product become int8, word embeddings too. Weights keep 7
    bits (``reduce_range``): on processors without VNNI, as in many office laptops, the product of
    unsigned and signed 8-bit numbers saturates, and the same note would be labelled differently there.

    Parameters
    ----------
    network : Network
    tokenizer : tokenizers.Tokenizer
    config : ModelConfig
    folder : Path
    overwrite : bool

    Raises
    ------
    FolderExists
        When the folder holds a model and `overwrite` is false.
    """
    if (folder / "model.onnx").exists() and not overwrite:
        raise FolderExists(f"{folder} holds a model already; choose another folder, or say --overwrite.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        plain, fused = Path(work) / "plain.onnx", Path(work) / "fused.onnx"
        to_onnx(network, plain)
        _fuse(plain, fused, network)
        _quantise(fused, folder / "model.onnx")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "config.json").write_bytes(msgspec.json.format(msgspec.json.encode(config), indent=1) + b"\n")


def to_onnx(network: Network, path: Path) -> None:
    """Write the network in fp32: ``input_ids`` and ``pool`` of windows of one length to ``scores``."""
    network = network.eval().float().cpu()
    ids = torch.randint(1000, 2000, (2, 24))
    pool = torch.full((2, 3, 24), 1 / 24)
    torch.onnx.export(
        network,
        (ids, pool),
        str(path),
        input_names=["input_ids", "pool"],
        output_names=["scores"],
        dynamic_axes={
            "input_ids": {0: "windows", 1: "tokens"},
            "pool": {0: "windows", 1: "units", 2: "tokens"},
            "scores": {0: "windows", 1: "units"},
        },
        opset_version=17,
        dynamo=False,
    )


def _fuse(plain: Path, fused: Path, network: Network) -> None:
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    config = network.encoder.config
    options = FusionOptions("bert")
    model = optimizer.optimize_model(
        str(plain),
        model_type="bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        optimization_options=options,
        opt_level=0,
    )
    model.save_model_to_file(str(fused))


def _quantise(fused: Path, path: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(fused),
        str(path),
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        op_types_to_quantize=["MatMul", "Attention", "Gather"],
        extra_options={
            "DefaultTensorType": onnx.TensorProto.FLOAT
        },  # fused operators have no shape inference
    )
