"""What disposes: the deterministic core. It knows neither CrewAI nor the web."""
