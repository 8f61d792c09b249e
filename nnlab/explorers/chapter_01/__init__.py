"""The explorers of chapter 01, from the neuron to deep learning."""
