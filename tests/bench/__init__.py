"""``make bench``: what the product costs on this machine, as ratios within one run (docs/measurements.md)."""
