"""Language checkers, offline, in a process of their own: LanguageTool's rules (lingotweaker) and harper."""
