"""The handoff to stage 18: one folder with everything that was made, and one page that a person likes to read."""

from crews.stage17_gtm.handoff.writer import HandoffResult, write_handoff

__all__ = ["HandoffResult", "write_handoff"]
