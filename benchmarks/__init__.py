"""Figures that the project promises, measured; run ``python -m benchmarks NAME``."""
