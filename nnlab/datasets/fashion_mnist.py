"""Fashion-MNIST: 60,000 + 10,000 pictures of clothes, in MNIST's format but harder (Zalando SE, MIT license).

Fetched when first asked for, about 31 MB, then kept; `_download` says how.
"""

from __future__ import annotations

from nnlab.datasets._download import IdxFile, ImageSplits, Source, load

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
"""What the labels 0 to 9 mean."""

_SOURCE = Source(
    name="fashion_mnist",
    folder="fashion-mnist",
    mirrors=(
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    ),
    files=(
        IdxFile(
            "train-images-idx3-ubyte",
            ndim=3,
            sha256="c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            gz_sha256="3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        ),
        IdxFile(
            "train-labels-idx1-ubyte",
            ndim=1,
            sha256="bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            gz_sha256="a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        ),
        IdxFile(
            "t10k-images-idx3-ubyte",
            ndim=3,
            sha256="5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            gz_sha256="346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        ),
        IdxFile(
            "t10k-labels-idx1-ubyte",
            ndim=1,
            sha256="0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            gz_sha256="67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    ),
)


def load_data() -> ImageSplits:
    """Load Fashion-MNIST's 60,000 images to train with and 10,000 to test with.

    Returns
    -------
    x_train : uint8 ndarray of shape (60000, 28, 28)
        Pixels from 0 (background) to 255.
    y_train : uint8 ndarray of shape (60000,)
        The classes, 0 to 9, named by `CLASS_NAMES`.
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
    ``fashion-mnist/train-images-idx3-ubyte.gz`` (or without ``fashion-mnist/``, or without ``.gz``), then in
    the user's cache folder, then on the network.

    References
    ----------
    Xiao, Rasul & Vollgraf (2017), arXiv:1708.07747.

    Examples
    --------
    >>> from nnlab.datasets import fashion_mnist
    >>> fashion_mnist.CLASS_NAMES[9]
    'Ankle boot'
    >>> (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()  # doctest: +SKIP
    """
    return load(_SOURCE)
