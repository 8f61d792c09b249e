"""Layers: what a network is built from. Names, arguments and defaults are those of Keras 3.

`base` says what a layer is; `core` holds the ones that every network uses.
"""

from nnlab.layers.augmentation import RandomRotation, RandomTranslation, RandomWarp, RandomZoom
from nnlab.layers.base import Input, InputLayer, Layer
from nnlab.layers.bidirectional import Bidirectional
from nnlab.layers.convolution import Conv1D, Conv2D
from nnlab.layers.core import Activation, Dense, Flatten
from nnlab.layers.embedding import Embedding, Masking
from nnlab.layers.global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
)
from nnlab.layers.gru import GRU
from nnlab.layers.layer_normalization import LayerNormalization
from nnlab.layers.lstm import LSTM
from nnlab.layers.merging import Add, Average, Concatenate, Multiply, Subtract
from nnlab.layers.multi_head_attention import MultiHeadAttention
from nnlab.layers.noise import Dropout, GaussianNoise
from nnlab.layers.normalization import BatchNormalization
from nnlab.layers.pooling import AveragePooling1D, AveragePooling2D, MaxPooling1D, MaxPooling2D
from nnlab.layers.reshaping import Permute, Reshape, ZeroPadding2D
from nnlab.layers.simple_rnn import SimpleRNN
from nnlab.layers.wrappers import TimeDistributed

__all__ = [
    "GRU",
    "LSTM",
    "Activation",
    "Add",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Conv2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "Masking",
    "MaxPooling1D",
    "MaxPooling2D",
    "MultiHeadAttention",
    "Multiply",
    "Permute",
    "RandomRotation",
    "RandomTranslation",
    "RandomWarp",
    "RandomZoom",
    "Reshape",
    "SimpleRNN",
    "Subtract",
    "TimeDistributed",
    "ZeroPadding2D",
]
