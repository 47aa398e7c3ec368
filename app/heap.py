"""How our processes use the interpreter: set once, before anything large is imported."""

import ctypes
import gc
from contextlib import suppress

GARBAGE = (10_000, 20, 20)
"""Python looks for garbage after 700 new objects; imports and runs make hundreds of thousands that stay, and looking
through them so often takes a twelfth of a run's time."""

_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""


def settle() -> None:
    """Look for garbage less often, and let all threads allocate from one heap, where the C library can.

    A heap a thread keeps a tenth of our memory unused. Python's threads take turns anyway, so that they hardly wait for
    one another.
    """
    gc.set_threshold(*GARBAGE)
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
