"""Documents that people hand in: read in a process of their own, and never believed."""
