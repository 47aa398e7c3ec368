"""Nouns and arithmetic of stage 17: no IO, no clock, no framework."""
