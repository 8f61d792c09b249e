"""Data to learn with: images of digits and clothes, and toy sets in two dimensions.

`digits` holds 10,000 images of MNIST that come with nnlab and need no network, `names` 5,494 first names, `poems` 313
poems of the Tang dynasty. `mnist` and `fashion_mnist` are the full sets, fetched when first asked for. Each has a
``load_data()``; those of images return what Keras' datasets return. `xor`, `circles`, `moons`, `gaussians` and `spiral`
draw as many points as wanted. Read `toy` first, then `digits`; how a file gets here, and how it is checked, is in
`_download`.
"""

from nnlab.datasets import digits, fashion_mnist, mnist, names, poems
from nnlab.datasets.toy import circles, gaussians, moons, spiral, xor

__all__ = ["circles", "digits", "fashion_mnist", "gaussians", "mnist", "moons", "names", "poems", "spiral", "xor"]
