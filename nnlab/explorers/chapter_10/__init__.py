"""Explorers of chapter 10, linear regression from scratch."""
