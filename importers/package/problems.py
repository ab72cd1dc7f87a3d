"""Collects everything that is wrong with a package, so that it is refused once, with all of it."""

from dataclasses import dataclass, field

from graph_service.errors import GraphServiceError, InvalidPackage, InvalidValue, Place

MOST = 100_000
"""Problems kept; a table of another kind altogether would otherwise fill the memory with its complaints."""


@dataclass
class Problems:
    """The problems found so far; ``refuse`` ends the import when there are any."""

    found: list[GraphServiceError] = field(default_factory=list)
    beyond: int = 0

    def add(self, expected: str, found: object, place: Place) -> None:
        """One more problem: what was expected, what was found, and where."""
        if len(self.found) < MOST:
            self.found.append(InvalidValue(expected, found, place))
        else:
            self.beyond += 1

    def refuse(self, place: Place) -> None:
        """Raise InvalidPackage with every problem, if there are any."""
        if self.beyond:
            self.found.append(InvalidValue("fewer problems", f"{self.beyond} more", place))
        if self.found:
            raise InvalidPackage(tuple(self.found), place)
