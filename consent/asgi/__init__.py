"""The middleware and what it serves: everything that touches an ASGI scope, and nothing else does."""
