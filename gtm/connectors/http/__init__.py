"""Calls to HTTP endpoints that the configuration names; nothing else is ever called."""
