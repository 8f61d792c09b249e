"""Explorers of chapter 02, the neuron; begin with `neuron_surface`."""
