"""The integers by which the compiled runner knows a network: table columns, activations, losses, optimizers.

Integers, because a function or a type passed to compiled code would compile it anew for each network. This module
imports nothing, so that a network can be described where Numba is missing.
"""

# Columns of the table of stages, one row a stage. Offsets into the vector of parameters count numbers; offsets
# into the work buffer count units, each of which takes one number a point. -1: there is none.
N_IN, N_OUT, KERNEL, BIAS, ACTIVATION, INPUT, Z, OUTPUT, KEEP = range(9)
STAGE_COLUMNS = 9

LINEAR, SIGMOID, TANH, RELU, SOFTMAX, DROPOUT = range(6)

# Those in LOGITS take the values before a sigmoid or a softmax, where the loss and its slope are exact and stable.
MSE, BINARY, CATEGORICAL, SPARSE, BINARY_LOGITS, CATEGORICAL_LOGITS, SPARSE_LOGITS = range(7)

NO_METRIC, BINARY_ACCURACY, CATEGORICAL_ACCURACY, SPARSE_ACCURACY = range(4)

SGD, ADAM = range(2)

# Columns of the cursor: where in the epoch the runner stands.
STEP, ROWS_DONE, UPDATES = range(3)
