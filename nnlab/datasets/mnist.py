"""The full MNIST: 60,000 + 10,000 handwritten digits, by LeCun, Cortes and Burges (CC BY-SA 3.0).

Fetched when first asked for, about 12 MB, then kept; `_download` says how. The 10,000 images of
`nnlab.datasets.digits` need no network.
"""

from __future__ import annotations

from nnlab.datasets._download import IdxFile, ImageSplits, Source, load

_SOURCE = Source(
    name="mnist",
    folder="mnist",
    mirrors=(
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ),
    files=(
        IdxFile(
            "train-images-idx3-ubyte",
            ndim=3,
            sha256="ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            gz_sha256="440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        IdxFile(
            "train-labels-idx1-ubyte",
            ndim=1,
            sha256="65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            gz_sha256="3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        IdxFile(
            "t10k-images-idx3-ubyte",
            ndim=3,
            sha256="0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            gz_sha256="8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        IdxFile(
            "t10k-labels-idx1-ubyte",
            ndim=1,
            sha256="ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            gz_sha256="f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    ),
)


def load_data() -> ImageSplits:
    """Load MNIST's 60,000 images to train with and 10,000 to test with.

    Returns
    -------
    x_train : uint8 ndarray of shape (60000, 28, 28)
        Pixels from 0 (paper) to 255 (ink).
    y_train : uint8 ndarray of shape (60000,)
        The digits, 0 to 9.
    x_test : uint8 ndarray of shape (10000, 28, 28)
    y_test : uint8 ndarray of shape (10000,)
        They come as ``(x_train, y_train), (x_test, y_test)``.

    Raises
    ------
    ConnectionError
        If no mirror delivers a file. `nnlab.datasets.digits.load_data` needs no network.
    OSError
        If the cache folder cannot be written to, or ``NNLAB_DATA`` names no folder.
    ValueError
        If a file in the folder ``NNLAB_DATA`` is damaged.

    Notes
    -----
    Files are looked for in the folder that the environment variable ``NNLAB_DATA`` names, as
    ``mnist/train-images-idx3-ubyte.gz`` (or without ``mnist/``, or without ``.gz``), then in the user's cache
    folder, then on the network.

    Examples
    --------
    >>> from nnlab.datasets import mnist
    >>> (x_train, y_train), (x_test, y_test) = mnist.load_data()  # doctest: +SKIP
    """
    return load(_SOURCE)
