"""The demo: a newspaper page with eleven simulated partners, and a panel that counts what reaches them."""

from examples.demo.app import create_app

__all__ = ["create_app"]
