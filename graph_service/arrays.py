"""Arrays that live in files: texts as bytes with offsets, and frozen dataclasses of arrays saved and mapped again."""

import dataclasses
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
ByteArray = npt.NDArray[np.uint8]
T = TypeVar("T")

WORTH_MAPPING = 65_536
"""Smaller files are read, in bytes: each that is mapped stays an open file, of which a process may have few."""


@dataclass(frozen=True, eq=False)
class Texts:
    """Many texts as one block of UTF-8 with the offset of each, so that a file can be mapped instead of read."""

    block: ByteArray
    offsets: IntArray
    """One more than there are texts: text i is block[offsets[i]:offsets[i + 1]]."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """Pack texts."""
        encoded = [text.encode() for text in texts]
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        return cls(np.frombuffer(b"".join(encoded), np.uint8), np.concatenate([[0], np.cumsum(lengths)]))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, i: int) -> str:
        if not 0 <= i < len(self):
            raise IndexError(i)
        return self.block[self.offsets[i] : self.offsets[i + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        whole, ends = self.block.tobytes(), self.offsets.tolist()
        return (whole[a:b].decode() for a, b in pairwise(ends))

    @cached_property
    def place(self) -> dict[str, int]:
        """Each text's position; of equal texts the last."""
        return {text: i for i, text in enumerate(self)}


def _parts(value: Any, prefix: str = "") -> Iterator[tuple[str, npt.NDArray[Any]]]:
    if isinstance(value, np.ndarray):
        yield prefix, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _parts(part, f"{prefix}.{name}")
    else:
        for field in dataclasses.fields(value):
            yield from _parts(getattr(value, field.name), f"{prefix}.{field.name}")


def save(value: Any, folder: Path) -> None:
    """Write a dataclass of arrays (nested, or in dicts by name) as one ``.npy`` file an array."""
    for name, array in _parts(value):
        np.save(folder / f"{name.lstrip('.')}.npy", array, allow_pickle=False)


def load(kind: type[T], folder: Path) -> T:
    """Map what `save` wrote, read-only; raises FileNotFoundError, ValueError when it is not whole."""
    names = sorted(path.stem for path in folder.glob("*.npy"))
    result: T = _load(kind, folder, "", names)
    return result


def _load(kind: Any, folder: Path, prefix: str, names: list[str]) -> Any:
    if typing.get_origin(kind) is dict:
        part = typing.get_args(kind)[1]
        keys = sorted({name[len(prefix) + 1 :].partition(".")[0] for name in names if name.startswith(f"{prefix}.")})
        return {key: _load(part, folder, f"{prefix}.{key}", names) for key in keys}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        fields = [f.name for f in dataclasses.fields(kind)]
        start = f"{prefix}." if prefix else ""
        return kind(**{name: _load(hints[name], folder, start + name, names) for name in fields})
    path = folder / f"{prefix}.npy"
    return np.load(path, mmap_mode="r" if path.stat().st_size > WORTH_MAPPING else None, allow_pickle=False)
