"""A clock for tests that goes on when it is told to."""

from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self, now: datetime = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, **by: float) -> None:
        self.now += timedelta(**by)
