"""The explorers of chapter 7, "Backpropagation and the computational graph": one a module, their figures beside."""
