"""Moves everything that a store holds into another one, whatever keeps them."""

from collections.abc import Callable, Iterator

from graph_service.errors import StoreBusy, StoreError
from graph_service.store.contract import Changes, Claimed, GraphStore, Reader, Writer

Progress = Callable[[int, int], None]
"""Told now and then: how many claims are copied, of how many."""

STEP = 1_000


def silent(done: int, total: int) -> None:
    """A progress that tells nobody."""


def copy_store(source: GraphStore, target: GraphStore, progress: Progress = silent) -> Changes:
    """Copy every dataset's claims with their times, in one transaction of the target: all of it or nothing.

    Raises StoreError where the target holds anything, StoreBusy where the source changed meanwhile.
    """

    def write(writer: Writer) -> Changes:
        held = writer.datasets()
        if held:
            raise StoreError("an empty store to copy into", ", ".join(status.dataset.id for status in held))
        return source.read(lambda reader: _copy(reader, writer, progress))

    return target.write(write)


def _copy(reader: Reader, writer: Writer, progress: Progress) -> Changes:
    revision = reader.revision()
    datasets = reader.datasets()
    total = sum(sum(status.counts.values()) for status in datasets)
    done = 0

    def counted(claimed: Iterator[Claimed]) -> Iterator[Claimed]:
        nonlocal done
        for claim in claimed:
            yield claim
            done += 1
            if done % STEP == 0:
                progress(done, total)

    changes = Changes()
    for status in datasets:
        changes += writer.adopt(status.dataset, counted(reader.claimed(status.dataset.id)))
    writer.take_over(reader.journal(), revision)
    if reader.revision() != revision:
        raise StoreBusy("a source that nobody writes to while it is copied", f"revision {reader.revision()}")
    progress(done, total)
    return changes
