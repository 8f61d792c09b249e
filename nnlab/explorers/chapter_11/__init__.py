"""Explorers of chapter 11: a multilayer perceptron, and what it learns from nothing."""
