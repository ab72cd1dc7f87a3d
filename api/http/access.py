"""Says of a route who may use it: asked before anything that was sent is looked at."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from api.http.viewer import Role, require

P = ParamSpec("P")
R = TypeVar("R")

SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]


def requires(role: Role, scope: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only this role in, and only tokens with this scope; stands directly below the route."""

    def decorator(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            require(role, scope)
            return view(*args, **kwargs)

        document: dict[str, Any] = deepcopy(getattr(view, "_apidoc", {}))
        document.setdefault("manual_doc", {})["security"] = SECURITY
        wrapper._apidoc = document  # type: ignore[attr-defined]  # where flask-smorest looks for documentation
        return wrapper

    return decorator
