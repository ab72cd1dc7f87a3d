"""What is on offer, what is missing and what is old: for one municipality, or for all of an area."""

from api.snapshot import Snapshot
from matching.inventory.answers import AtlasAnswer, AtlasQuestion, CoverageAnswer, CoverageQuestion
from matching.inventory.matcher import Inventory
from matching.lens import Lens


def inventory(snapshot: Snapshot, lens: Lens) -> Inventory:
    """The offers of a snapshot, with municipalities as a lens compares them."""
    return snapshot.prepared(("inventory", lens), lambda _: Inventory(snapshot.peers(lens)))


def find_coverage(snapshot: Snapshot, lens: Lens, question: CoverageQuestion) -> CoverageAnswer:
    """Take stock of one municipality; raises NotFound."""
    return inventory(snapshot, lens).coverage(question)


def find_atlas(snapshot: Snapshot, lens: Lens, question: AtlasQuestion) -> AtlasAnswer:
    """Take stock of an area; raises NotFound."""
    return inventory(snapshot, lens).atlas(question)
