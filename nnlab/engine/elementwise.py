"""exp and tanh that become vector instructions; Numba's own call the C library, one number at a time.

Each is a polynomial or a rational function without branches, for float32 and for float64. Errors are below 2 units in
the last place (`tests/engine/test_elementwise.py`); NaN stays NaN, and infinities give 0, 1 or infinity as they should.
Measured in one loop over 4,096 float32 numbers: exp 2.3 ns -> 0.3 ns each, tanh 12 ns -> 0.6 ns.

References
----------
Moshier (1989), Methods and Programs for Mathematical Functions; the coefficients are those of his Cephes library
(exp.c, expf.c, tanh.c, tanhf.c). Cody & Waite (1980), Software Manual for the Elementary Functions, for the reduction.
"""

import numpy as np
from numba import types
from numba.extending import overload

# Not "reassoc": x - n * HIGH - n * LOW must not be gathered into x - n * (HIGH + LOW).
EXACT = {"fastmath": {"contract", "nsz"}, "error_model": "numpy"}

F = np.float32
HALF, ONE, TWO = F(0.5), F(1), F(2)
LOG2_E = F(1.4426950408889634)
LOG_2_HIGH, LOG_2_LOW = F(0.693359375), F(-2.12194440e-4)
# exp overflows above the second, and is 0 (or denormal, which serves nobody here) below the first.
LOWEST, HIGHEST = F(-87.3), F(88.8)
E0, E1, E2 = F(1.9875691500e-4), F(1.3981999507e-3), F(8.3334519073e-3)
E3, E4, E5 = F(4.1665795894e-2), F(1.6666665459e-1), F(5.0000001201e-1)
SMALL = F(0.625)
T0, T1, T2 = F(-5.70498872745e-3), F(2.06390887954e-2), F(-5.37397155531e-2)
T3, T4 = F(1.33314422036e-1), F(-3.33332819422e-1)


def exp(x):
    """Exponential of one number.

    Parameters
    ----------
    x : float32 or float64

    Returns
    -------
    float32 or float64
        0 where the result would be denormal.
    """
    return np.exp(x)


def tanh(x):
    """Hyperbolic tangent of one number.

    Parameters
    ----------
    x : float32 or float64

    Returns
    -------
    float32 or float64
    """
    return np.tanh(x)


def _exp32(x):
    # x = n log 2 + r with |r| <= log(2) / 2, so exp(x) = 2^n exp(r). The order of comparison keeps NaN.
    y = LOWEST if x < LOWEST else x
    y = HIGHEST if y > HIGHEST else y
    n = np.floor(y * LOG2_E + HALF)
    r = (y - n * LOG_2_HIGH) - n * LOG_2_LOW
    p = ((((E0 * r + E1) * r + E2) * r + E3) * r + E4) * r + E5
    p = p * r * r + r + ONE
    # 2^n in two factors, written into the exponent bits: 2^128 alone would not fit.
    k = np.int32(n)
    half = k >> np.int32(1)
    first = np.int32((half + np.int32(127)) << np.int32(23)).view(np.float32)
    second = np.int32((k - half + np.int32(127)) << np.int32(23)).view(np.float32)
    return F(0) if x < LOWEST else p * first * second


def _exp64(x):
    y = -708.3 if x < -708.3 else x
    y = 709.9 if y > 709.9 else y
    n = np.floor(y * 1.4426950408889634 + 0.5)
    r = (y - n * 6.93145751953125e-1) - n * 1.42860682030941723212e-6
    s = r * r
    p = r * ((1.26177193074810590878e-4 * s + 3.02994407707441961300e-2) * s + 9.99999999999999999910e-1)
    q = 3.00198505138664455042e-6 * s + 2.52448340349684104192e-3
    q = (q * s + 2.27265548208155028766e-1) * s + 2.0
    p = 1.0 + 2.0 * (p / (q - p))
    k = np.int64(n)
    half = k >> np.int64(1)
    first = np.int64((half + np.int64(1023)) << np.int64(52)).view(np.float64)
    second = np.int64((k - half + np.int64(1023)) << np.int64(52)).view(np.float64)
    return 0.0 if x < -708.3 else p * first * second


def _tanh32(x):
    # Near 0 a polynomial, since 1 - exp loses digits there; elsewhere (1 - e) / (1 + e) with e = exp(-2 |x|).
    s = x * x
    near = x + x * s * ((((T0 * s + T1) * s + T2) * s + T3) * s + T4)
    e = exp(-TWO * abs(x))
    far = (ONE - e) / (ONE + e)
    far = far if x >= F(0) else -far
    return near if abs(x) < SMALL else far


def _tanh64(x):
    s = x * x
    p = (-9.64399179425052238628e-1 * s - 9.92877231001918586564e1) * s - 1.61468768441708447952e3
    q = ((s + 1.12811678491632931402e2) * s + 2.23548839060100448583e3) * s + 4.84406305325125486048e3
    near = x + x * s * (p / q)
    e = exp(-2.0 * abs(x))
    far = (1.0 - e) / (1.0 + e)
    far = far if x >= 0.0 else -far
    return near if abs(x) < 0.625 else far


@overload(exp, jit_options=EXACT)
def _choose_exp(x):
    return _exp32 if x == types.float32 else _exp64


@overload(tanh, jit_options=EXACT)
def _choose_tanh(x):
    return _tanh32 if x == types.float32 else _tanh64
