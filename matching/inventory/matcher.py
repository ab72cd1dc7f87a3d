"""The inventory: offers by field and target group, white spots, overlaps, and what comparable municipalities have.

A municipality without recorded offers is not a white one: nothing is known of it, and nothing is said about gaps.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection
from matching.about import DAYS
from matching.inventory.answers import (
    AtlasAnswer,
    AtlasQuestion,
    Cell,
    CoverageAnswer,
    CoverageQuestion,
    Due,
    Example,
    Faced,
    Lack,
    Overlap,
    SeenPeer,
)
from matching.inventory.atlas import atlas
from matching.inventory.offers import (
    ENDED,
    EVERYBODY,
    KnownOffer,
    Rating,
    actors_named,
)
from matching.inventory.stock import HARD, Stock, span
from matching.peers.lens import Lens
from matching.peers.matcher import PeerMatcher, PeerQuestion, PeerRanker
from matching.peers.nearness import comparable

CONFIRM_AFTER, FUNDING_WITHIN = 1.0, 1.0
"""Years after which an offer should be confirmed again, and within which an end of funding is told."""
FEWEST_PEERS = 3
"""With fewer peers that have recorded offers nothing is said about what half of them have."""
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class InventoryMatcher:
    """Takes stock; the lens says what makes municipalities comparable."""

    lens: Lens

    def fit(self, projection: Projection) -> "Inventory":
        """Prepare for one revision."""
        return Inventory(PeerMatcher(self.lens).fit(projection))


class Inventory:
    """The inventories of one revision."""

    def __init__(self, peers: PeerRanker) -> None:
        """Read what is recorded; ``peers`` says who is comparable."""
        self.stock = Stock(peers)

    def coverage(self, question: CoverageQuestion) -> CoverageAnswer:
        """The inventory of a municipality; raises NotFound."""
        return _Coverage(self.stock, question).answer()

    def atlas(self, question: AtlasQuestion) -> AtlasAnswer:
        """The inventories of many municipalities; raises NotFound where there are none at the level."""
        return atlas(self.stock, question)


class _Coverage:
    """One municipality at work."""

    def __init__(self, stock: Stock, question: CoverageQuestion) -> None:
        self.stock, self.question, self.projection = stock, question, stock.projection
        self.own = stock.of(question.key)
        self.running = [each for each in self.own if each.running]
        self.recorded = stock.areas.recorded(question.key)
        self.ratings = stock.ratings.get(question.key, ())
        self.cells = _by_cell(self.running)
        self.peers = self._peers()
        self.theirs = {
            peer.key: _by_cell(each for each in stock.of(peer.key) if each.running)
            for peer in self.peers
            if peer.recorded
        }

    def _peers(self) -> tuple[SeenPeer, ...]:
        if not comparable(self.stock.peers, self.question.key):
            return ()
        found = self.stock.peers.suggest(PeerQuestion(self.question.key), limit=self.question.peers)
        recorded = self.stock.areas.recorded
        return tuple(SeenPeer(each.key, each.name, each.closeness, recorded(each.key)) for each in found)

    def answer(self) -> CoverageAnswer:
        """The whole answer."""
        stock = self.stock
        faced = tuple(Faced(rating, self._meeting(rating) if self.recorded else None) for rating in self.ratings)
        return CoverageAnswer(
            revision=self.projection.revision,
            key=self.question.key,
            name=self.projection.name(Label.MUNICIPALITY, self.projection.position(self.question.key)),
            on=self.question.on,
            lens=stock.peers.lens.id,
            lens_version=stock.peers.lens.version,
            recorded=self.recorded,
            running=len(self.running),
            planned=sum(not each.running and each.offer.status != ENDED for each in self.own),
            ended=sum(each.offer.status == ENDED for each in self.own),
            fields=stock.fields,
            groups=stock.groups,
            cells=tuple(self._cell(field, group) for field in stock.fields for group in ("", *stock.groups)),
            unsorted=tuple(each.key for each in self.running if not each.fields),
            challenges=faced,
            white_spots=tuple(each for each in faced if each.offers == 0 and each.rating.severity >= HARD),
            overlaps=self._overlaps(),
            lacking=self._lacking(),
            to_confirm=self._to_confirm(),
            to_improve=tuple(
                Due(each.key, each.name, note=each.offer.improvement_note)
                for each in self.own
                if each.offer.improvement_note and each.offer.status != ENDED
            ),
            funding_ends=self._funding(),
            peers=self.peers,
            coverage=len(self.theirs) / len(self.peers) if self.peers else 0.0,
            assured=span(each.offer.assured_on for each in self.own),
            rated=span(rating.rated_on for rating in self.ratings),
        )

    def _meeting(self, rating: Rating) -> int:
        """Running offers that address a challenge, or its field without saying which challenge."""
        return sum(
            rating.challenge in each.challenges or (not each.challenges and rating.field in each.fields)
            for each in self.running
        )

    def _covered(self, field: str, group: str) -> bool:
        return any(self.cells.get((field, each)) for each in (group, *EVERYBODY))

    def _cell(self, field: str, group: str) -> Cell:
        severity = self.stock.severity(self.question.key).get(field)
        white = self.recorded and (severity or 0) >= HARD and not self._covered(field, group)
        return Cell(
            field,
            group,
            tuple(each.key for each in self.cells.get((field, group), ())),
            severity,
            sum((field, group) in cells for cells in self.theirs.values()),
            white,
        )

    def _overlaps(self) -> tuple[Overlap, ...]:
        found = []
        for (field, group), offers in sorted(self.cells.items()):
            by_kind: dict[str, list[KnownOffer]] = defaultdict(list)
            for each in offers:
                by_kind[each.offer.kind or ""].append(each)
            for kind, those in sorted(by_kind.items()):
                providers = {provider for each in those for provider in each.providers}
                if kind and len(those) > 1 and len(providers) > 1:
                    found.append(Overlap(field, group, kind, tuple(each.key for each in those)))
        return tuple(found)

    def _lacking(self) -> tuple[Lack, ...]:
        if not self.recorded or len(self.theirs) < FEWEST_PEERS:
            return ()
        found = []
        for field in self.stock.fields:
            for group in ("", *self.stock.groups):
                having = [key for key, cells in self.theirs.items() if (field, group) in cells]
                if 2 * len(having) >= len(self.theirs) and not self._covered(field, group):
                    examples = self._examples(having, field, group)
                    found.append(Lack(field, group, len(having), len(self.theirs), examples))
        return tuple(sorted(found, key=lambda lack: -lack.peers))

    def _examples(self, peers: Sequence[NodeKey], field: str, group: str) -> tuple[Example, ...]:
        """One offer of each of the closest peers that have any."""
        found = []
        for key in peers[:EXAMPLES]:
            offer = self.theirs[key][field, group][0]
            providers = actors_named(self.projection, offer.providers)
            provider = next(iter(providers.values()), None)
            place = self.projection.name(Label.MUNICIPALITY, self.projection.position(key))
            found.append(
                Example(
                    offer.key,
                    offer.name,
                    offer.offer.kind or "",
                    key,
                    place,
                    (provider.name or "") if provider else "",
                    (provider.contact_role or "") if provider else "",
                )
            )
        return tuple(found)

    def _to_confirm(self) -> tuple[Due, ...]:
        """What nobody confirmed for long, the oldest first; before them what was never confirmed."""
        on = self.question.on
        found = [
            Due(each.key, each.name, last, None if last is None else (on - last).days / DAYS)
            for each in self.own
            if each.offer.status != ENDED
            for last in [each.offer.assured_on]
            if last is None or (on - last).days > CONFIRM_AFTER * DAYS
        ]
        return tuple(sorted(found, key=lambda due: (due.day or date.min, due.offer)))

    def _funding(self) -> tuple[Due, ...]:
        on = self.question.on
        found = [
            Due(each.key, each.name, end, (on - end).days / DAYS)
            for each in self.own
            if each.offer.status != ENDED
            for end in [each.offer.funded_until]
            if end is not None and (end - on).days <= FUNDING_WITHIN * DAYS
        ]
        return tuple(sorted(found, key=lambda due: (due.day or date.max, due.offer)))


def _by_cell(offers: Iterable[KnownOffer]) -> dict[tuple[str, str], list[KnownOffer]]:
    """Offers by field and group; one that names no group stands under ""."""
    found: dict[tuple[str, str], list[KnownOffer]] = defaultdict(list)
    for each in offers:
        for field in each.fields:
            for group in each.groups or ("",):
                found[field, group].append(each)
    return dict(found)
