"""The command line `gtm`. Modules here import what is heavy inside their functions: `gtm status` must be quick."""
