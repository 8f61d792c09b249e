"""The table of all public functions with arguments that are right, in groups that are attacked in a process each."""

from tests.reliability.calls import functions, networks, pictures

#: What is attacked in part in the gate: every second, third, ... of the bad values.
SHARES = {
    "layers": 16,
    "models": 12,
    "plots": 24,
    "explorers": 8,
    "course": 24,
    "rules": 4,
    "metrics": 4,
    "activations": 4,
}

#: Public names without arguments that could be bad, and why.
EXEMPT = {
    "autodiff.Moment": "made by Steps",
    "autodiff.Step": "made by Steps",
    "autodiff.no_grad": "no arguments",
    "callbacks.Callback": "a base class, without arguments",
    "callbacks.EpochLines": "no arguments",
    "callbacks.History": "no arguments",
    "callbacks.Logs": "a type",
    "callbacks.ProgressBar": "no arguments",
    "callbacks.TerminateOnNaN": "no arguments",
    "constraints.Constraint": "a base class, without arguments",
    "course.progress": "no arguments",
    "explorers.catalogue": "no arguments",
    "initializers.Initializer": "a base class; its argument is attacked in those that draw",
    "layers.Input": "the same as Input",
    "layers.RandomWarp": "a base class; its arguments are attacked in the layers that warp",
    "load_model": "attacked with broken files, in the tests of model files",
    "losses.Loss": "a base class, without arguments",
    "metrics.Metric": "a type",
    "metrics.NamedMetric": "a base class; its argument is attacked in the metrics as objects",
    "optimizers.Optimizer": "a base class; its arguments are attacked in the optimizers",
    "optimizers.schedules.Formula": "a base class, without arguments",
    "optimizers.schedules.LearningRateSchedule": "a base class, without arguments",
    "plots.Picture": "a figure of matplotlib, made by the plots",
    "regularizers.Regularizer": "a base class, without arguments",
}

GROUPS = {
    "activations": functions.activation_calls,
    "losses": functions.loss_calls,
    "metrics": functions.metric_calls,
    "initializers": functions.initializer_calls,
    "rules": functions.rule_calls,
    "data": functions.data_calls,
    "autodiff": functions.autodiff_calls,
    "layers": networks.layer_calls,
    "models": networks.model_calls,
    "callbacks": networks.callback_calls,
    "plots": pictures.plot_calls,
    "explorers": pictures.explorer_calls,
    "course": pictures.course_calls,
}
