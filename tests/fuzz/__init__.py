"""Mutated markup against another parser and the rewriter's own laws: ``make fuzz``."""
