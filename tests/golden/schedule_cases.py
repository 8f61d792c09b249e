"""The schedules whose learning rates are compared: name, arguments, settings."""

STEPS = range(700)
CASES = {
    "pieces": ("PiecewiseConstantDecay", ([100, 250], [0.1, 0.05, 0.01]), {}),
    "one piece": ("PiecewiseConstantDecay", ([0], [1.0, 0.5]), {}),
    "exponential": ("ExponentialDecay", (0.1, 50, 0.9), {}),
    "exponential stairs": ("ExponentialDecay", (0.1, 50, 0.9), {"staircase": True}),
    "inverse": ("InverseTimeDecay", (0.1, 50, 0.5), {}),
    "inverse stairs": ("InverseTimeDecay", (0.1, 50, 0.5, True), {}),
    "line": ("PolynomialDecay", (0.1, 300, 0.0001), {}),
    "square": ("PolynomialDecay", (0.1, 300, 0.01, 2.0), {}),
    "root": ("PolynomialDecay", (0.1, 300, 0.01, 0.5), {}),
    "cycles": ("PolynomialDecay", (0.1, 150, 0.01, 1.0), {"cycle": True}),
    "cubic cycles": ("PolynomialDecay", (0.1, 99, 0.001, 3.0, True), {}),
    "cosine": ("CosineDecay", (0.1, 400), {}),
    "cosine to a tenth": ("CosineDecay", (0.1, 400, 0.1), {}),
    "cosine after warm-up": ("CosineDecay", (0.0, 400), {"warmup_target": 0.2, "warmup_steps": 50}),
    "cosine after a fall": ("CosineDecay", (0.3, 200, 0.05), {"warmup_target": 0.2, "warmup_steps": 7}),
    "cosine with a target only": ("CosineDecay", (0.1, 400), {"warmup_target": 0.2}),
    "restarts": ("CosineDecayRestarts", (0.1, 50), {}),
    "equal restarts": ("CosineDecayRestarts", (0.1, 64, 1.0, 0.8, 0.1), {}),
    "longer restarts": ("CosineDecayRestarts", (0.1, 30, 1.5, 0.9), {"alpha": 0.05}),
    "one cycle": ("OneCycle", (0.1, 500), {}),
    "early cycle": ("OneCycle", (0.5, 333), {"pct_start": 0.1, "div_factor": 10.0, "final_div_factor": 100.0}),
    "short cycle": ("OneCycle", (0.5, 11), {}),
}
