"""What is promised in docs/reliability.md, attacked: faults, bad input, load."""
