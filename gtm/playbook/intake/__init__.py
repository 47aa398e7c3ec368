"""Reads a brief out of a document by its tables, headings, lists and `key: value` lines. Pure; nothing is guessed."""
