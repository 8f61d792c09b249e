"""Make autodiff.npz: what PyTorch computes for the formulas in autodiff_cases.py, forward and backward, in float64.

Run with PyTorch installed (`pip install nnlab-course[bench]`); the tests do not need it. Made with PyTorch 2.13.0.
"""

import pathlib

import autodiff_cases
import numpy as np
import torch


class Torch:
    """PyTorch's names for what the formulas use; the rest of a torch.Tensor is called as in NumPy."""

    exp, log, tanh, sigmoid, relu = torch.exp, torch.log, torch.tanh, torch.sigmoid, torch.relu
    maximum, abs = torch.maximum, torch.abs

    @staticmethod
    def max(x, axis=None, keepdims=False):
        return torch.amax(x, dim=() if axis is None else axis, keepdim=keepdims)

    @staticmethod
    def transpose(x, *axes):
        return x.permute(*axes)


def main():
    golden = {}
    for name, (formula, shapes) in autodiff_cases.CASES.items():
        arrays = autodiff_cases.inputs(name, shapes)
        leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
        out = formula(Torch, *leaves)
        out.backward(torch.tensor(autodiff_cases.upstream(tuple(out.shape))))
        golden[f"{name}/out"] = out.detach().numpy()
        for k, leaf in enumerate(leaves):
            golden[f"{name}/grad{k}"] = leaf.grad.numpy()
    np.savez_compressed(pathlib.Path(__file__).with_name("autodiff.npz"), **golden)


if __name__ == "__main__":
    main()
