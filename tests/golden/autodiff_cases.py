"""Formulas for the golden values of automatic differentiation: one table for PyTorch, which made them, and for nnlab.

Each formula gets the functions ``F`` of its library and the inputs; ``F`` has what the two call differently.
"""

import zlib

import numpy as np

CASES = {
    "add_row": (lambda F, a, b: a + b, [(4, 3), (3,)]),
    "subtract_column": (lambda F, a, b: a - b, [(4, 3), (4, 1)]),
    "multiply_both_ways": (lambda F, a, b: a * b, [(4, 1, 3), (5, 1)]),
    "divide": (lambda F, a, b: a / (b * b + 1), [(2, 3), (3,)]),
    "power": (lambda F, a: (a * a + 0.5) ** 1.5 + a**3, [(5,)]),
    "reflected": (lambda F, a: 2 - 3 * a + 1 / (a * a + 1) + 2**a, [(5,)]),
    "matrix_matrix": (lambda F, a, b: a @ b, [(4, 3), (3, 2)]),
    "matrix_vector": (lambda F, a, b: a @ b, [(4, 3), (3,)]),
    "vector_matrix": (lambda F, a, b: a @ b, [(4,), (4, 3)]),
    "vector_vector": (lambda F, a, b: a @ b, [(4,), (4,)]),
    "stacks": (lambda F, a, b: a @ b, [(2, 1, 4, 3), (5, 3, 2)]),
    "stack_vector": (lambda F, a, b: a @ b, [(2, 4, 3), (3,)]),
    "vector_stack": (lambda F, a, b: a @ b, [(4,), (2, 4, 3)]),
    "stack_matrix": (lambda F, a, b: a @ b, [(2, 4, 3), (3, 5)]),
    "sum_axis": (lambda F, a: a.sum(axis=1) * a.sum(axis=0, keepdims=True), [(3, 3)]),
    "mean_axes": (lambda F, a: a.mean(axis=(0, 2)) + a.mean(), [(2, 3, 4)]),
    "max_axis": (lambda F, a: F.max(a, axis=1) * F.max(a), [(3, 4)]),
    "max_ties": (lambda F, a: F.max(F.relu(a - 10.0), axis=1, keepdims=True), [(3, 4)]),
    "maximum_ties": (lambda F, a: F.maximum(a, a * 1.0) + F.maximum(a, -a), [(3, 4)]),
    "kinks_at_zero": (lambda F, a: F.relu(a * 0.0) + F.abs(a * 0.0), [(3,)]),
    "reshape": (lambda F, a: a.reshape(2, 6) @ a.reshape((6, 2)), [(3, 4)]),
    "transpose": (lambda F, a: F.transpose(a, 2, 0, 1) * 2.0, [(2, 3, 4)]),
    "slices": (lambda F, a: a[1:, ::2] * a[0, 1], [(3, 4)]),
    "repeated_rows": (lambda F, a: a[np.array([0, 2, 0, 0])] ** 2, [(3, 4)]),
    "chosen_entries": (lambda F, a: a[np.arange(3), np.array([1, 1, 3])], [(3, 4)]),
    "condition": (lambda F, a: a[np.arange(12).reshape(3, 4) % 5 > 1] ** 2, [(3, 4)]),
    "elementwise": (lambda F, a: F.log(F.exp(a) + 1) * F.tanh(a) + F.sigmoid(a) * F.abs(a), [(3, 4)]),
    "network": (
        lambda F, x, w, b, v: ((F.relu(x @ w + b) @ v - 1) ** 2).mean(),
        [(8, 2), (2, 5), (5,), (5, 1)],
    ),
    "softmax": (
        lambda F, z: (
            -(F.log(F.exp(z) / F.exp(z).sum(axis=1, keepdims=True))[np.arange(4), np.array([0, 2, 1, 2])]).mean()
        ),
        [(4, 3)],
    ),
}


def inputs(name, shapes):
    """Draw the inputs of a case; the same for each library."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return [rng.normal(size=shape) for shape in shapes]


def upstream(shape):
    """Make a gradient that tells the entries of a result apart."""
    return np.cos(np.arange(float(np.prod(shape)))).reshape(shape)
