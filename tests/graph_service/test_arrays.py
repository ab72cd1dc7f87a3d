"""Arrays in files: what is large is mapped, what is small leaves no file open."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from graph_service.arrays import IntArray, load, save

OPEN_FILES = Path("/proc/self/fd")


@dataclass(frozen=True, eq=False)
class Pair:
    small: IntArray
    large: IntArray


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="open files are counted where Linux lists them")
def test_small_arrays_leave_no_open_file_and_large_ones_are_mapped(tmp_path: Path) -> None:
    save(Pair(np.arange(10), np.arange(100_000)), tmp_path)
    before = len(list(OPEN_FILES.iterdir()))
    kept = load(Pair, tmp_path)
    assert isinstance(kept.large, np.memmap)
    assert not isinstance(kept.small, np.memmap)
    assert len(list(OPEN_FILES.iterdir())) <= before + 1
    assert (kept.small.sum(), kept.large[-1]) == (45, 99_999)
