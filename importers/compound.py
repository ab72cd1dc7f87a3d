"""The old XLS workbook from outside: how large a rectangle its cells span, before anything unfolds it.

A compound file is a small file system: sectors chained by a table, a directory, and one stream that is the workbook,
a sequence of records (MS-CFB and MS-XLS). Damage that the chains show raises ValueError.
"""

import struct
from collections.abc import Iterator

_FREE = 0xFFFFFFFA
"""From here on sector numbers mean something else than a sector."""
_MINI_SECTOR = 64
_STREAMS = ("Workbook", "Book")
_STARTS = (0x0009, 0x0209, 0x0409, 0x0809)
_CELLS = frozenset(
    (0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E, 0x0406)
)
_CELL_RANGES = frozenset((0x00BD,))


def sheet_extents(content: bytes) -> Iterator[tuple[int, int]]:
    """Rows and columns of the rectangle each part of a workbook spans, as it grows; raises ValueError."""
    try:
        stream = _workbook_stream(content)
    except (struct.error, IndexError):
        raise ValueError("a file that ends too early") from None
    position, rows, columns = 0, 0, 0
    end = len(stream) - 4
    while position <= end:
        record, length = struct.unpack_from("<HH", stream, position)
        body = position + 4
        position = body + length
        if record in _STARTS:
            rows = columns = 0
        elif (record in _CELLS or record in _CELL_RANGES) and length >= 4 and position <= len(stream):
            row, column = struct.unpack_from("<HH", stream, body)
            if record in _CELL_RANGES:
                (column,) = struct.unpack_from("<H", stream, position - 2)
            if row >= rows or column >= columns:
                rows, columns = max(rows, row + 1), max(columns, column + 1)
                yield rows, columns


def _workbook_stream(content: bytes) -> bytes:
    shift, _ = struct.unpack_from("<HH", content, 30)
    if shift not in (9, 12):
        raise ValueError("no sector size of a compound file")
    size = 1 << shift
    sectors = [content[start : start + size] for start in range(size, len(content), size)]
    table = _allocation(content, sectors)
    (directory_start,) = struct.unpack_from("<L", content, 48)
    (cutoff,) = struct.unpack_from("<L", content, 56)
    (mini_start,) = struct.unpack_from("<L", content, 60)
    entries = list(_entries(_chained(directory_start, table, sectors)))
    for name, start, length in entries:
        if name in _STREAMS and length >= cutoff:
            return _chained(start, table, sectors)[:length]
        if name in _STREAMS:
            mini = _chained(entries[0][1], table, sectors)
            pieces = [mini[i : i + _MINI_SECTOR] for i in range(0, len(mini), _MINI_SECTOR)]
            return _chained(start, _numbers(_chained(mini_start, table, sectors)), pieces)[:length]
    raise ValueError("no workbook in the compound file")


def _allocation(content: bytes, sectors: list[bytes]) -> list[int]:
    """The table that says which sector follows which; it lies in sectors listed in the header, and in further lists."""
    listed = list(struct.unpack_from("<109L", content, 76))
    (more,) = struct.unpack_from("<L", content, 68)
    seen: set[int] = set()
    while more < _FREE and more not in seen:
        seen.add(more)
        *numbers, more = _numbers(sectors[more])
        listed.extend(numbers)
    return [n for number in listed if number < _FREE for n in _numbers(sectors[number])]


def _numbers(data: bytes) -> list[int]:
    whole = len(data) // 4
    return list(struct.unpack_from(f"<{whole}L", data))


def _chained(start: int, table: list[int], sectors: list[bytes]) -> bytes:
    pieces: list[bytes] = []
    while start < _FREE:
        if len(pieces) > len(sectors):
            raise ValueError("a chain of sectors without end")
        pieces.append(sectors[start])
        start = table[start]
    return b"".join(pieces)


def _entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    for position in range(0, len(directory) - 127, 128):
        (length,) = struct.unpack_from("<H", directory, position + 64)
        start, size = struct.unpack_from("<LL", directory, position + 116)
        yield directory[position : position + max(0, min(64, length) - 2)].decode("utf-16-le", "replace"), start, size
