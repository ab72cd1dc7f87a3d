"""Makes machine code of a loop by numba, once for all processes that can keep it on disk. It knows no matcher."""

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., None])


def compiled(loop: F, signature: str, **how: Any) -> F:
    """Compile a loop, or take it from numba's cache on disk; ``how``: numba's options.

    Raises ImportError without a numba that fits, OSError where no process may make machine code.
    """
    import numba

    def compile(cache: bool) -> F:
        make: Any = numba.njit(signature, cache=cache, nogil=True, **how)
        code: F = make(loop)
        return code

    try:
        code = compile(cache=True)
    except (RuntimeError, OSError):  # nowhere to keep it, or no space
        code = compile(cache=False)
    if code is loop:
        raise ImportError("numba is told not to compile")
    return code
