"""Explorers of chapter 14, recurrent networks."""
