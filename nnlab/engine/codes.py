"""The integers by which the compiled runner knows a network: table columns, activations, losses, optimizers.

Integers, because a function or a type passed to compiled code would compile it anew for each network. This module
imports nothing, so that a network can be described where Numba is missing.
"""

# Columns of the table of stages, one row a stage. Offsets into the vector of parameters count numbers; offsets
# into the work buffer count units, each of which takes one number a point. -1: there is none.
N_IN, N_OUT, KERNEL, BIAS, ACTIVATION, INPUT, Z, OUTPUT, KEEP = range(9)
STAGE_COLUMNS = 9

LINEAR, SIGMOID, TANH, RELU, LEAKY_RELU, ELU, SELU, GELU, SILU, SOFTPLUS, SOFTMAX, DROPOUT = range(12)

# Those in LOGITS take the values before a sigmoid or a softmax, where the loss and its slope are exact and stable.
MSE, MAE, HUBER, BINARY, CATEGORICAL, SPARSE, BINARY_LOGITS, CATEGORICAL_LOGITS, SPARSE_LOGITS = range(9)

BINARY_ACCURACY, CATEGORICAL_ACCURACY, SPARSE_ACCURACY, SQUARED_ERROR, ABSOLUTE_ERROR = range(5)

SGD, RMSPROP, ADAGRAD, ADAM = range(4)

# Entries of the cursor: where in the training the runner stands.
EPOCH, STEP, ROWS_DONE, UPDATES = range(4)
