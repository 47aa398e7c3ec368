"""Chromium: draws pages as a reader's browser does, shut off from every network."""
