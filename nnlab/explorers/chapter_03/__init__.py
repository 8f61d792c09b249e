"""The explorers of chapter 3, "Activation functions": one a module; what they draw and read stands beside them."""
