"""Layers: what a network is built from. Names, arguments and defaults are those of Keras 3.

`base` says what a layer is; `core` holds the ones that every network uses.
"""

from nnlab.layers.base import Input, InputLayer, Layer
from nnlab.layers.core import Activation, Dense, Dropout, Flatten

__all__ = ["Activation", "Dense", "Dropout", "Flatten", "Input", "InputLayer", "Layer"]
