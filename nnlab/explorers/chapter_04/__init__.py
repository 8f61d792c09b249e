"""The explorers of chapter 4, "Layers, shapes and the forward pass": one a module, with what they draw beside it."""
