"""Explorers of chapter 08: optimizers and learning-rate schedules."""
