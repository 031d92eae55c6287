"""Pictures of every layout: ``python -m tests.shots``."""
