"""A trained network to a model folder: ONNX, fused, int8, with its tokenizer and config."""

import copy
import tempfile
import warnings
from pathlib import Path

import msgspec
import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.quant_utils import add_pre_process_metadata
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from tokenizers import Tokenizer
from torch import nn

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
    with tempfile.TemporaryDirectory() as work, warnings.catch_warnings():
        # The libraries warn of turns that an encoder of this build never takes; its scores are compared anyway.
        warnings.simplefilter("ignore")
        plain, fused, shrunk, small = (
            Path(work) / f"{step}.onnx" for step in ("plain", "fused", "shrunk", "small")
        )
        to_onnx(network, plain)
        _fuse(plain, fused, network)
        _shrink_words(fused, shrunk)
        _quantise(shrunk, small)
        _optimise(small, folder / "model.onnx")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "config.json").write_bytes(msgspec.json.format(msgspec.json.encode(config), indent=1) + b"\n")


class TopLayerAtEnds(nn.Module):
    """The same network, its top layer worked out only where it is read: at the units' ends.

    Parameters
    ----------
    network : Network
        Of BERT's build.
    """

    def __init__(self, network: Network):
        super().__init__()
        *below, self.top = network.encoder.encoder.layer
        self.encoder = copy.copy(network.encoder)
        self.encoder._modules = dict(network.encoder._modules)
        self.encoder.encoder = copy.copy(network.encoder.encoder)
        self.encoder.encoder._modules = {**network.encoder.encoder._modules, "layer": nn.ModuleList(below)}
        self.heads = network.heads

    def forward(self, input_ids, pool, ends, attention_mask=None):
        """Score the units of windows of one length, as `Network.forward` does."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        at_ends = torch.bmm(ends, states)
        attention = self.top.attention.self
        both = [attention.key, attention.value]
        key, value = nn.functional.linear(
            states, torch.cat([layer.weight for layer in both]), torch.cat([layer.bias for layer in both])
        ).split(states.shape[-1], -1)

        def by_head(projected):
            split = (projected.shape[0], -1, attention.num_attention_heads, attention.attention_head_size)
            return projected.reshape(split).transpose(1, 2)

        query = by_head(attention.query(at_ends)) * attention.attention_head_size**-0.5
        weights = (query @ by_head(key).transpose(-1, -2)).softmax(-1)
        read = (weights @ by_head(value)).transpose(1, 2).reshape(at_ends.shape)
        attended = self.top.attention.output(read, at_ends)
        top = self.top.output(self.top.intermediate(attended), attended)
        return self.heads(torch.cat([torch.bmm(pool, states), top], dim=-1))


def to_onnx(network: Network, path: Path) -> None:
    """Write the network in fp32: a batch of windows of one length (`checker.label.pack`) to ``scores``."""
    network = network.eval().float().cpu()
    attention = network.encoder.config._attn_implementation
    # Attention is written out, with a mask that nothing needs, as the fusion below looks for it so.
    network.encoder.set_attn_implementation("eager")
    torch.onnx.export(
        TopLayerAtEnds(network).eval(),
        (
            torch.randint(1000, 2000, (2, 24)),
            torch.full((2, 3, 24), 1 / 24),
            torch.eye(24)[None, [7, 15, 23]].repeat(2, 1, 1),
            torch.ones(2, 24, dtype=torch.long),
        ),
        str(path),
        input_names=["input_ids", "pool", "ends", "attention_mask"],
        output_names=["scores"],
        dynamic_axes={
            "input_ids": {0: "windows", 1: "tokens"},
            "pool": {0: "windows", 1: "units", 2: "tokens"},
            "ends": {0: "windows", 1: "units", 2: "tokens"},
            "attention_mask": {0: "windows", 1: "tokens"},
            "scores": {0: "windows", 1: "units"},
        },
        opset_version=17,
        dynamo=False,
    )
    network.encoder.set_attn_implementation(attention)


def _fuse(plain: Path, fused: Path, network: Network) -> None:
    """Join attention, GELU and layer norms into single operators, and drop the mask."""
    config = network.encoder.config
    options = FusionOptions("bert")
    options.use_multi_head_attention = True  # the operator with blocked softmax: faster on long windows
    options.enable_embed_layer_norm = False  # word embeddings are shrunk on their own
    options.enable_skip_layer_norm = options.enable_bias_gelu = False  # slower fused than not
    model = optimizer.optimize_model(
        str(plain),
        model_type="bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        optimization_options=options,
        opt_level=0,
    )
    for node in model.get_nodes_by_op_type("MultiHeadAttention"):
        del node.input[4:]
        _join_projections(model, node)
    model.prune_graph(allow_remove_graph_inputs=True)
    model.topological_sort()
    model.save_model_to_file(str(fused))


def _join_projections(model, attention: onnx.NodeProto) -> None:
    """Compute query, key and value in one product: one wide int8 product is faster than three narrow ones."""
    products = [model.get_parent(attention, place) for place in range(3)]
    weights = [model.get_initializer(product.input[1]) for product in products]
    joined = np.concatenate([onnx.numpy_helper.to_array(weight) for weight in weights], axis=1)
    name = f"{attention.name}_projections"
    sizes = np.array([weight.dims[1] for weight in weights], dtype=np.int64)
    model.add_initializer(onnx.numpy_helper.from_array(joined, f"{name}_weight"))
    model.add_initializer(onnx.numpy_helper.from_array(sizes, f"{name}_sizes"))
    outputs = [product.output[0] for product in products]
    model.remove_nodes(products)
    model.add_node(
        onnx.helper.make_node("MatMul", [products[0].input[0], f"{name}_weight"], [name], name=name)
    )
    model.add_node(onnx.helper.make_node("Split", [name, f"{name}_sizes"], outputs, axis=-1))


def _shrink_words(fused: Path, shrunk: Path) -> None:
    """Store word embeddings as int8 with a scale a word; they are half the network in fp32."""
    model = onnx.load(fused)
    graph = model.graph
    tables = {tensor.name: tensor for tensor in graph.initializer if len(tensor.dims) == 2}
    lookup = max(
        (node for node in graph.node if node.op_type == "Gather" and node.input[0] in tables),
        key=lambda node: tables[node.input[0]].dims[0],
    )
    words = onnx.numpy_helper.to_array(tables[lookup.input[0]])
    scale = np.abs(words).max(1, keepdims=True) / 127 + 1e-12
    graph.initializer.remove(tables[lookup.input[0]])
    graph.initializer.extend(
        [
            onnx.numpy_helper.from_array(np.round(words / scale).astype(np.int8), "words"),
            onnx.numpy_helper.from_array(scale.astype(np.float32), "word_scales"),
        ]
    )
    ids, out = lookup.input[1], lookup.output[0]
    nodes = [
        onnx.helper.make_node("Gather", ["words", ids], ["word_codes"]),
        onnx.helper.make_node("Cast", ["word_codes"], ["word_values"], to=onnx.TensorProto.FLOAT),
        onnx.helper.make_node("Gather", ["word_scales", ids], ["word_scale"]),
        onnx.helper.make_node("Mul", ["word_values", "word_scale"], [out]),
    ]
    at = list(graph.node).index(lookup)
    graph.node.remove(lookup)
    for offset, node in enumerate(nodes):
        graph.node.insert(at + offset, node)
    add_pre_process_metadata(model)  # else the next step advises what `_fuse` has done
    onnx.save(model, shrunk)


def _quantise(shrunk: Path, path: Path) -> None:
    """Make every matrix product int8."""
    quantize_dynamic(
        str(shrunk),
        str(path),
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        op_types_to_quantize=["MatMul"],
        extra_options={
            "DefaultTensorType": onnx.TensorProto.FLOAT
        },  # fused operators have no shape inference
    )


def _optimise(small: Path, path: Path) -> None:
    """Do now what ONNX Runtime would otherwise do each time that it opens the network."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path)
    options.log_severity_level = (
        3  # it warns that a more than extended optimisation would tie it to this processor
    )
    onnxruntime.InferenceSession(
        str(small),
        options,
        providers=["CPUExecutionProvider"],
        # On one thread these two fused operators are slower than what they replace.
        disabled_optimizers=["SkipLayerNormFusion", "BiasGeluFusion"],
    )
