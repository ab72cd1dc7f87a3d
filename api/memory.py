"""What the C library is asked about memory, so that a service that runs for months stays as small as what it holds.

It knows the allocator; it never knows what is kept in memory.
"""

import ctypes
import gc
from functools import cache

MOST_ARENAS = 2
"""Without a bound each thread gets a heap of its own, and what one freed no other can use."""
LARGE = 262_144
"""From so many bytes on, arrays get pages of their own, which go back to the system with them. Left to itself the
library raises this with the largest that was freed, and puts arrays between what stays: a heap that only grows."""
_ARENA_MAX, _MMAP_THRESHOLD = -8, -3  # of glibc's malloc.h, see mallopt(3)


def share_heaps() -> None:
    """Have threads share few heaps; to be said before there are any. Does nothing where the C library is not glibc."""
    if (library := _glibc()) is not None:
        library.mallopt(_ARENA_MAX, MOST_ARENAS)
        library.mallopt(_MMAP_THRESHOLD, LARGE)


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
