"""Pilots before a full launch: chosen, watched, judged, and followed by everybody else."""
