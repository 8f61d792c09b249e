"""Layers, inputs and settings of convolution.npz, for the script that makes it and the tests that read it."""

CONVOLUTIONS = [
    ("Conv2D", (2, 5, 7, 1), {"filters": 3, "kernel_size": (3, 3), "activation": "relu"}),
    ("Conv2D", (2, 5, 7, 2), {"filters": 3, "kernel_size": (2, 3), "padding": "same", "activation": "tanh"}),
    ("Conv2D", (3, 6, 5, 2), {"filters": 2, "kernel_size": 3, "strides": (2, 1)}),
    ("Conv2D", (3, 6, 5, 2), {"filters": 2, "kernel_size": (3, 2), "strides": 2, "padding": "same"}),
    ("Conv2D", (1, 7, 6, 1), {"filters": 2, "kernel_size": (3, 2), "dilation_rate": 2, "activation": "relu"}),
    ("Conv2D", (2, 4, 4, 3), {"filters": 1, "kernel_size": 3, "dilation_rate": (2, 1), "padding": "same"}),
    ("Conv2D", (2, 3, 3, 4), {"filters": 5, "kernel_size": 1, "use_bias": False}),
    ("Conv1D", (2, 9, 2), {"filters": 3, "kernel_size": 3, "activation": "relu"}),
    ("Conv1D", (2, 8, 1), {"filters": 2, "kernel_size": 4, "padding": "same", "strides": 3}),
    ("Conv1D", (2, 8, 2), {"filters": 2, "kernel_size": 3, "padding": "causal", "activation": "tanh"}),
    ("Conv1D", (3, 9, 2), {"filters": 2, "kernel_size": 2, "padding": "causal", "dilation_rate": 3}),
    ("Conv1D", (3, 9, 2), {"filters": 2, "kernel_size": 3, "padding": "causal", "strides": 2}),
    ("Conv1D", (1, 8, 2), {"filters": 2, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}),
]
POOLINGS = [
    (name, shape, {"pool_size": size, "strides": strides, "padding": padding})
    for kind in ("MaxPooling", "AveragePooling")
    for name, shape, size, strides in [
        (f"{kind}2D", (2, 6, 4, 3), (2, 2), None),
        (f"{kind}2D", (2, 5, 7, 2), (2, 2), None),
        (f"{kind}2D", (2, 5, 7, 2), (3, 2), (2, 1)),
        (f"{kind}2D", (1, 7, 7, 1), (2, 2), (3, 3)),
        (f"{kind}1D", (2, 7, 3), 2, None),
        (f"{kind}1D", (2, 8, 3), 3, 2),
    ]
    for padding in ("valid", "same")
]
GLOBAL = [
    (f"Global{kind}Pooling{axes}D", shape, {"keepdims": keepdims})
    for kind in ("Max", "Average")
    for axes, shape in ((1, (3, 5, 2)), (2, (3, 4, 5, 2)))
    for keepdims in (False, True)
]
CASES = CONVOLUTIONS + POOLINGS + GLOBAL
