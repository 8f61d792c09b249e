"""Chapter 9's explorers: the playground, and what training and validation show."""
