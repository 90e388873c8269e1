"""The memory of a process: how the C library's allocator hands it back, and how much there may be."""

from __future__ import annotations

import ctypes
from functools import cache

#: Of glibc's mallopt (malloc.h): how much free memory at the end of the heap is kept, and the size from which a block has memory of its own.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
#: Bytes from which a block is handed back when it is let go.
OWN = 1 << 20


@cache
def hand_back_large_blocks() -> bool:
    """From now on a block of at least a megabyte goes back to the system when it is freed; whether the C library can be told so.

    By itself glibc raises the size from which it does so to that of the largest block that was freed, up to 32 MB: matrices then lie between
    long-lived small objects in a heap that only grows. Elsewhere (macOS, musl, Windows) nothing is changed.
    """
    try:
        told = ctypes.CDLL(None).mallopt
        return bool(told(_MMAP_THRESHOLD, OWN)) and bool(told(_TRIM_THRESHOLD, OWN))
    except (AttributeError, OSError, TypeError):
        return False


def memory_limit() -> int | None:
    """The most memory that this process may hold, in MB (``RLIMIT_DATA``); None where it has no such limit."""
    try:
        import resource
    except ImportError:  # not a POSIX system
        return None
    allowed, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return None if allowed == resource.RLIM_INFINITY else allowed // 1_000_000
