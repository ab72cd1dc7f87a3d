"""What the C library is asked about memory, so that a service that runs for months stays as small as what it holds.

It knows the allocator; it never knows what is kept in memory.
"""

import ctypes
import gc
from functools import cache

MOST_ARENAS = 2
"""Without a bound each thread gets a heap of its own, and what one freed no other can use."""
_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h, see mallopt(3)


def share_heaps() -> None:
    """Have threads share few heaps; to be said before there are any. Does nothing where the C library is not glibc."""
    if (library := _glibc()) is not None:
        library.mallopt(_ARENA_MAX, MOST_ARENAS)


def give_back() -> None:
    """Give back to the system what nothing refers to any more, after much of it became free at once."""
    gc.collect()
    if (library := _glibc()) is not None:
        library.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018  # whether it has it is the question
    except (OSError, TypeError, AttributeError):
        return None
    return library
