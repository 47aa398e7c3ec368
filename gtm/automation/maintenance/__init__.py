"""Upkeep in small named tasks, each a plain function of the store and the moment."""
