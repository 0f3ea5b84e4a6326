"""Coefficients of agreement on plain values, each from its published definition."""
