"""Checks worked derivations written in ordinary LaTeX, step by step. Pure Python: no Django, no clock, no network."""
