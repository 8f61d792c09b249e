"""The layers that layers.npz has numbers for, in words that Keras and nnlab both know.

A case is a layer, its arguments, the shapes of its inputs with the batch, and what it is told beside them.
"""

from typing import Any, NamedTuple


class Case(NamedTuple):
    kind: str
    arguments: dict[str, Any]
    shapes: tuple[tuple[int, ...], ...]
    masks: tuple[int | None, ...] = ()  # how many steps at the end of the first sample are padding, for each input
    options: dict[str, Any] = {}
    training: bool = True
    trainable: bool = True
    same: bool = False  # the layer is called on one array twice
    tokens: int = 0  # inputs are whole numbers below this


HEADS = {"num_heads": 2, "key_dim": 3}
CASES = {
    "dense of a sequence": Case("Dense", {"units": 3, "activation": "tanh"}, ((4, 5, 2),)),
    "batch": Case("BatchNormalization", {"momentum": 0.8}, ((6, 4),)),
    "batch of images": Case("BatchNormalization", {"epsilon": 0.01}, ((3, 2, 4, 3),)),
    "batch axis 1": Case("BatchNormalization", {"axis": 1, "momentum": 0.5}, ((3, 2, 4),)),
    "batch without gamma": Case("BatchNormalization", {"scale": False}, ((5, 3),)),
    "batch without beta": Case("BatchNormalization", {"center": False}, ((5, 3),)),
    "batch of sequences": Case("BatchNormalization", {"momentum": 0.9}, ((4, 5, 3),), (2,)),
    "batch while predicting": Case("BatchNormalization", {}, ((5, 3),), training=False),
    "batch frozen": Case("BatchNormalization", {}, ((5, 3),), trainable=False),
    "layer": Case("LayerNormalization", {}, ((5, 6),)),
    "layer of sequences": Case("LayerNormalization", {"epsilon": 1e-5}, ((3, 4, 5),)),
    "layer over two axes": Case("LayerNormalization", {"axis": [1, 2]}, ((3, 4, 5),)),
    "layer over axis 1": Case("LayerNormalization", {"axis": 1}, ((3, 4, 5),)),
    "layer without parameters": Case("LayerNormalization", {"center": False, "scale": False}, ((3, 6),)),
    "embedding": Case("Embedding", {"input_dim": 6, "output_dim": 4}, ((3, 7),), tokens=6),
    "embedding with a mask": Case(
        "Embedding", {"input_dim": 4, "output_dim": 2, "mask_zero": True}, ((3, 9),), tokens=4
    ),
    "attention": Case("MultiHeadAttention", HEADS, ((2, 4, 5), (2, 6, 3))),
    "attention to itself": Case("MultiHeadAttention", HEADS, ((3, 4, 5),), same=True),
    "attention to the past": Case(
        "MultiHeadAttention", HEADS, ((3, 5, 4),), options={"use_causal_mask": True}, same=True
    ),
    "attention, past of another": Case(
        "MultiHeadAttention", HEADS, ((2, 5, 4), (2, 3, 4)), options={"use_causal_mask": True}
    ),
    "attention with keys": Case(
        "MultiHeadAttention", {**HEADS, "value_dim": 4, "use_bias": False}, ((2, 3, 5), (2, 4, 2), (2, 4, 3))
    ),
    "attention, one head": Case("MultiHeadAttention", {"num_heads": 1, "key_dim": 7}, ((2, 1, 5), (2, 4, 2))),
    "attention with masks": Case(
        "MultiHeadAttention",
        HEADS,
        ((3, 4, 5), (3, 6, 3)),
        (1, 2),
        {"return_attention_scores": True},
    ),
    "attention to its past with masks": Case(
        "MultiHeadAttention",
        HEADS,
        ((3, 5, 4),),
        (2,),
        {"use_causal_mask": True, "return_attention_scores": True},
        same=True,
    ),
    "attention where told": Case(
        "MultiHeadAttention",
        HEADS,
        ((2, 3, 4), (2, 4, 4)),
        (None, 1),
        {"attention_mask": [[True, False, True, False], [True, True, False, True], [False, True, True, True]]},
    ),
    "add": Case("Add", {}, ((3, 4), (3, 4), (3, 4))),
    "add repeated": Case("Add", {}, ((3, 4, 5), (3, 1, 5), (3, 4, 1))),
    "add of other ranks": Case("Add", {}, ((3, 4, 5), (3, 5))),
    "add with masks": Case("Add", {}, ((3, 4, 2), (3, 4, 2)), (1, 3)),
    "add with one mask": Case("Add", {}, ((3, 4, 2), (3, 4, 2)), (1, None)),
    "subtract": Case("Subtract", {}, ((3, 4), (3, 4))),
    "multiply": Case("Multiply", {}, ((3, 4, 2), (3, 4, 1), (3, 1, 2))),
    "average": Case("Average", {}, ((3, 4), (3, 1), (3, 4)), ()),
    "concatenate": Case("Concatenate", {}, ((3, 4), (3, 1), (3, 2))),
    "concatenate in time": Case("Concatenate", {"axis": 1}, ((3, 4, 2), (3, 5, 2)), (1, 2)),
    "concatenate in time with one mask": Case("Concatenate", {"axis": -2}, ((3, 4, 2), (3, 5, 2)), (None, 2)),
    "concatenate features with masks": Case("Concatenate", {}, ((3, 4, 2), (3, 4, 5)), (1, 3)),
    "concatenate features with one mask": Case("Concatenate", {}, ((3, 4, 2), (3, 4, 5)), (1, None)),
    "masking": Case("Masking", {"mask_value": 1.0}, ((3, 4, 2),), tokens=2),
}
RATE = 0.01  # of the three steps
DTYPES = ("float32", "float64")
MAX_NORM = {"by columns": {"max_value": 1.5}, "by rows": {"max_value": 1, "axis": 1}, "whole": {"axis": (0, 1)}}
