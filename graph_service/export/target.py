"""Writes to a temporary name first: what stands under the final name is always whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from graph_service.errors import Place, TargetError


@contextmanager
def staged(path: Path, marker: str = "") -> Iterator[Path]:
    """A temporary place beside ``path``, which becomes ``path`` when the block ends well.

    An existing file is replaced. A folder is replaced where it is empty or holds ``marker``, the file by which an
    earlier export is known; any other folder is refused. Raises TargetError.
    """
    place = Place(file=path.name)
    _check(path, marker, place)
    try:
        stage = Path(mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise TargetError("a folder that can be written", error.strerror or error, place) from None
    try:
        new = stage / "new"
        yield new
        _move(new, path, stage / "earlier")
    except OSError as error:
        raise TargetError("a file that can be written", error.strerror or error, place) from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _move(new: Path, path: Path, aside: Path) -> None:
    """Put the new in the place of the old; a folder cannot simply be replaced, so it steps aside for a moment."""
    if not path.is_dir():
        new.replace(path)
        return
    path.replace(aside)
    try:
        new.replace(path)
    except OSError:
        aside.replace(path)
        raise


def _check(path: Path, marker: str, place: Place) -> None:
    if not path.name:
        raise TargetError("the name of a file or folder", str(path))
    if not path.parent.is_dir():
        raise TargetError("a folder that exists", str(path.parent), place)
    if path.is_dir() and any(path.iterdir()) and not (marker and (path / marker).is_file()):
        raise TargetError("a new name, or the folder of an earlier export", "a folder with other files", place)
