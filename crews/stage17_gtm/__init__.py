"""Stage 17: the GTM strategist's crew, its stage and its handoff."""
