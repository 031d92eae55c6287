"""Runnable examples: the demo, and one app a framework."""
