"""The explorers of chapter 13, "Convolutional networks": a kernel, its windows, what it sees, and how it is trained."""
