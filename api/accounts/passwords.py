"""Passwords: which ones are accepted, and how they are kept (argon2id) and checked."""

import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from graph_service.errors import InvalidValue, Place

SHORTEST = 12
LONGEST = 256
FEWEST_CHARACTERS = 5
"""A password with fewer different characters is a pattern, not a secret."""

AT_A_TIME = 2
"""How many passwords are hashed at once, so that many attempts cannot use up the memory."""

ROWS = ("qwertzuiopüasdfghjklöäyxcvbnm", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz", "0123456789")
"""Runs along the keyboard, the alphabet and the digits."""


class Passwords:
    """Keeps passwords as argon2id hashes. The defaults take 46 MiB and some tens of milliseconds each."""

    def __init__(self, *, memory_kib: int = 47_104, rounds: int = 2) -> None:
        """Choose what a hash costs; a hash of an earlier cost stays valid and is renewed at the next sign-in."""
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._turns = BoundedSemaphore(AT_A_TIME)
        # what is checked when there is no account, so that it takes as long as if there were one
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str, *, about: tuple[str, ...] = ()) -> str:
        """The hash to keep of a new password; raises InvalidValue for one that is easily guessed.

        ``about``: what others know of the account (its address, its name), which makes a bad password.
        """
        check_password(password, about)
        return self.rehash(password)

    def rehash(self, password: str) -> str:
        """The hash of a password that was accepted before."""
        with self._turns:
            return self._hasher.hash(_plain(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is this password; takes the same time when there is nothing to compare with."""
        if len(password) > LONGEST:
            return False
        with self._turns:
            try:
                return self._hasher.verify(kept or self._nobody, _plain(password)) and kept is not None
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(kept)


def check_password(password: str, about: tuple[str, ...] = ()) -> None:
    """Refuse what is too short or among the first guesses; no rule on kinds of characters. Raises InvalidValue."""
    place = Place(column="password")
    plain = _plain(password).casefold()
    if not SHORTEST <= len(plain) <= LONGEST:
        # the password itself is never part of a message
        raise InvalidValue(f"a password of {SHORTEST} to {LONGEST} characters", "", place)
    if len(set(plain)) < FEWEST_CHARACTERS or _is_run(plain) or _is_known(plain, about):
        raise InvalidValue("a password that is not easily guessed: several words, for instance", "", place)


def _plain(password: str) -> str:
    """The same password however a keyboard composes its umlauts."""
    return unicodedata.normalize("NFKC", password)


def _is_run(plain: str) -> bool:
    """Whether it does hardly anything but follow rows, forwards or backwards."""
    along = {pair for row in ROWS for pair in zip(row, row[1:] + row[:1], strict=True)}
    pairs = [*pairwise(plain)]
    return sum(pair in along or pair[::-1] in along for pair in pairs) >= 0.8 * len(pairs)


def _is_known(plain: str, about: tuple[str, ...]) -> bool:
    """Whether nothing is left of it but digits and signs once obvious words are taken away."""
    words = {*_obvious_words(), *(part for text in about for part in _parts(text))}
    letters = "".join(c for c in plain if c.isalpha())
    if not letters:
        return False
    for word in sorted(words, key=len, reverse=True):
        letters = letters.replace(word, "")
    return len(letters) < FEWEST_CHARACTERS - 1


def _parts(text: str) -> list[str]:
    return [part for part in "".join(c if c.isalpha() else " " for c in text.casefold()).split() if len(part) > 3]


@cache
def _obvious_words() -> frozenset[str]:
    lines = files("api.accounts").joinpath("obvious_words.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
