"""Make schedules.npz: the learning rates of Keras 3's schedules and of PyTorch's OneCycleLR, step by step, in float64.

Run with Keras and PyTorch installed (`pip install nnlab-course[bench]`); the tests need neither. Made with Keras 3.15.0
and PyTorch 2.13.0.
"""

import pathlib

import keras
import numpy as np
import schedule_cases
import torch


def in_float64(argument):
    """Keras computes in the type of the first learning rate, and takes a plain number for float32."""
    if isinstance(argument, list):
        return [in_float64(one) for one in argument]
    return np.float64(argument) if isinstance(argument, float) else argument


def one_cycle(max_learning_rate, total_steps, **settings):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_learning_rate, total_steps, cycle_momentum=False, **settings
    )
    rates = []
    for _ in range(total_steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(rates) < total_steps:
            schedule.step()
    return rates


golden = {}
for case, (name, arguments, settings) in schedule_cases.CASES.items():
    if name == "OneCycle":
        golden[case] = one_cycle(*arguments, **settings)
    else:
        settings = {key: in_float64(value) for key, value in settings.items()}
        schedule = getattr(keras.optimizers.schedules, name)(*map(in_float64, arguments), **settings)
        golden[case] = [float(schedule(np.float64(step))) for step in schedule_cases.STEPS]
np.savez_compressed(pathlib.Path(__file__).with_name("schedules.npz"), **golden)
