"""The explorers of chapter 5, "Loss functions": one a module; what they draw stands beside them."""
