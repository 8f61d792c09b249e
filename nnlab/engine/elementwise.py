"""exp, log1p, tanh and erf that become vector instructions; Numba's own call the C library, one number at a time.

Each is a polynomial or a rational function without branches, for float32 and for float64. Errors are below 2 units in
the last place for exp and tanh, and below 3 for log1p and erf (`tests/engine/test_elementwise.py`); NaN stays NaN, and
infinities give 0, 1 or infinity as they should.
Measured in one loop over 4,096 float32 numbers: exp 2.3 ns -> 0.3 ns each, tanh 12 ns -> 0.6 ns.

References
----------
Moshier (1989), Methods and Programs for Mathematical Functions; the coefficients are those of his Cephes library
(exp.c, expf.c, log.c, logf.c,
tanh.c, tanhf.c, ndtr.c). Cody & Waite (1980), Software Manual for the Elementary Functions, for the reduction.
"""

import math

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
L0, L1, L2 = F(7.0376836292e-2), F(-1.1514610310e-1), F(1.1676998740e-1)
L3, L4, L5 = F(-1.2420140846e-1), F(1.4249322787e-1), F(-1.6668057665e-1)
L6, L7, L8 = F(2.0000714765e-1), F(-2.4999993993e-1), F(3.3333331174e-1)


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


def log1p(x):
    """Logarithm of 1 + x of one number.

    Parameters
    ----------
    x : float32 or float64
        From 0 to 1, as exp(-|z|) is, or NaN.

    Returns
    -------
    float32 or float64
    """
    return np.log1p(x)


def erf(x):
    """Error function of one number.

    Parameters
    ----------
    x : float32 or float64

    Returns
    -------
    float32 or float64
    """
    return type(x)(math.erf(x))


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


def _log1p32(x):
    # log of u = 1 + x, between 1 and 2, is log 2 + log(u / 2) above the square root of 2. What 1 + x has rounded
    # away comes back as the factor x / (u - 1).
    u = ONE + x
    upper = u > F(1.41421356)
    f = u * HALF - ONE if upper else u - ONE
    s = f * f
    p = (((L0 * f + L1) * f + L2) * f + L3) * f + L4
    p = ((((p * f + L5) * f + L6) * f + L7) * f + L8) * f * s
    n = ONE if upper else F(0)
    logarithm = (f + (p + n * LOG_2_LOW - HALF * s)) + n * LOG_2_HIGH
    rounded = u - ONE
    return x if rounded == F(0) else logarithm * (x / rounded)


def _log1p64(x):
    u = 1.0 + x
    upper = u > 1.4142135623730951
    f = u * 0.5 - 1.0 if upper else u - 1.0
    s = f * f
    p = (1.01875663804580931796e-4 * f + 4.97494994976747001425e-1) * f + 4.70579119878881725854
    p = ((p * f + 1.44989225341610930846e1) * f + 1.79368678507819816313e1) * f + 7.70838733755885391666
    q = ((f + 1.12873587189167450590e1) * f + 4.52279145837532221105e1) * f + 8.29875266912776603211e1
    q = (q * f + 7.11544750618563894466e1) * f + 2.31251620126765340583e1
    n = 1.0 if upper else 0.0
    logarithm = (f + (f * s * (p / q) - n * 2.121944400546905827679e-4 - 0.5 * s)) + n * 0.693359375
    rounded = u - 1.0
    return x if rounded == 0.0 else logarithm * (x / rounded)


def _erf64(x):
    # Near 0 a rational function of x; elsewhere 1 - exp(-x^2) times another. Beyond 6 it is 1 to the last bit.
    s = x * x
    t = ((9.60497373987051638749 * s + 9.00260197203842689217e1) * s + 2.23200534594684319226e3) * s
    t = (t + 7.00332514112805075473e3) * s + 5.55923013010394962768e4
    u = ((s + 3.35617141647503099647e1) * s + 5.21357949780152679795e2) * s + 4.59432382970980127987e3
    u = (u * s + 2.26290000613890934246e4) * s + 4.92673942608635921086e4
    near = x * t / u
    y = abs(x)
    y = 6.0 if y > 6.0 else y
    p = (2.46196981473530512524e-10 * y + 5.64189564831068821977e-1) * y + 7.46321056442269912687
    p = ((p * y + 4.86371970985681366614e1) * y + 1.96520832956077098242e2) * y + 5.26445194995477358631e2
    p = ((p * y + 9.34528527171957607540e2) * y + 1.02755188689515710272e3) * y + 5.57535335369399327526e2
    q = ((y + 1.32281951154744992508e1) * y + 8.67072140885989742329e1) * y + 3.54937778887819891062e2
    q = ((q * y + 9.75708501743205489753e2) * y + 1.82390916687909736289e3) * y + 2.24633760818710981792e3
    q = (q * y + 1.65666309194161350182e3) * y + 5.57535340817727675546e2
    far = 1.0 - exp(-y * y) * (p / q)
    far = far if x >= 0.0 else -far
    return near if abs(x) < 1.0 else far


@overload(exp, jit_options=EXACT)
def _choose_exp(x):
    return _exp32 if x == types.float32 else _exp64


@overload(tanh, jit_options=EXACT)
def _choose_tanh(x):
    return _tanh32 if x == types.float32 else _tanh64


@overload(log1p, jit_options=EXACT)
def _choose_log1p(x):
    return _log1p32 if x == types.float32 else _log1p64


@overload(erf, jit_options=EXACT)
def _choose_erf(x):
    # In float64 for both: the few digits that float32 would save are not worth a second set of coefficients.
    return (lambda x: np.float32(erf(np.float64(x)))) if x == types.float32 else _erf64
