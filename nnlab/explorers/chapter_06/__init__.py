"""Explorers of chapter 06, gradient descent and the learning rate."""
