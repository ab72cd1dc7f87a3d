"""All signals of how well an actor fits a need, each a number from 0 (nothing speaks for it) to about 1."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from scipy import sparse

from matching.partners.actors import Actors
from matching.partners.apart import Apart, BoundApart, Told
from matching.partners.history import History
from matching.partners.needs import Needs
from matching.partners.numbers import FloatArray
from matching.partners.signals_network import Network
from matching.partners.signals_place import HALFWAY, Places
from matching.partners.signals_work import Like, Work, dense
from matching.text import Synonyms

Mask = npt.NDArray[np.bool_]
SHARE, ODDS, PLAIN = "share", "odds", "plain"
"""How a raw signal is bent: by the largest among the candidates, by its part of the sum over all candidates (its
logarithm, so that many equals are told from one that stands out), or not at all."""
PARTS = 100
"""Parts of the sum are counted in hundredths before the logarithm."""

BENDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "similar-work": (SHARE, ODDS),
        "similar-work-lately": (SHARE, ODDS),
        "similar-work-together": (SHARE, ODDS),
        "similar-work-in-field": (SHARE, ODDS),
        "similar-work-together-in-field": (SHARE, ODDS),
        "closest-work": (SHARE, ODDS, PLAIN),
        "closest-work-together": (SHARE, ODDS, PLAIN),
        "profile-text": (SHARE, ODDS, PLAIN),
        "name": (SHARE, ODDS, PLAIN),
        "own-words": (PLAIN,),
        "telling-word": (PLAIN,),
        "wording": (ODDS,),
        "told-apart": (ODDS,),
        "past-partner": (SHARE, ODDS),
        "past-partner-in-field": (SHARE, ODDS),
        "field-experience": (SHARE, ODDS),
        "field": (PLAIN,),
        "kind": (PLAIN,),
        "kind-of-work": (PLAIN,),
        "resources": (PLAIN,),
        "place": (PLAIN,),
        "distance": (PLAIN,),
        "place-of-work": (SHARE, PLAIN),
        "network": (SHARE, ODDS),
        "common-partners": (SHARE, ODDS),
        "same-programme": (SHARE, ODDS),
        "local-activity": (SHARE,),
        "activity": (SHARE, ODDS),
        "active-lately": (PLAIN,),
    }
)
"""Every signal that weights are learned for, with its bends."""
Table = Callable[[History, Told], Apart | None]
"""Where the table of what tells actors apart comes from: it is kept with the weights, or learned when it is needed."""
FEATURES = tuple(f"{signal}:{bend}" for signal, bends in BENDS.items() for bend in bends)


@dataclass(frozen=True, eq=False)
class Signals:
    """The signals of one history, ready to be measured for any needs."""

    history: History
    actors: Actors
    work: Work
    network: Network
    places: Places
    by_kind: sparse.csr_array
    """actors × kinds."""
    activity: FloatArray
    """Memberships of each actor, less with age."""
    lately: FloatArray
    """For each actor how recent its last membership is, 0 to 1."""
    table: Table

    @classmethod
    def of(cls, history: History, actors: Actors, synonyms: Synonyms, table: Table) -> "Signals":
        """Prepare what all needs share."""
        work = Work.of(history, actors.told, actors.name, synonyms)
        # cooperations carry no reliable date: they count only where nothing needs to be kept from the future
        together = work.company
        if history.whole and actors.cooperations.nnz:
            together = sparse.csr_array(sparse.vstack([together, actors.cooperations], format="csr"))
        known = np.flatnonzero(actors.kind >= 0)
        by_kind = sparse.csr_array(
            (np.ones(len(known), np.float32), (known, actors.kind[known])), shape=(len(actors), len(actors.kinds))
        )
        latest = np.zeros(len(actors), np.float32)
        rows, columns = history.members.nonzero()
        np.maximum.at(latest, columns, work.fresh[rows])
        activity = np.asarray(work.fresh @ work.members)
        return cls(
            history,
            actors,
            work,
            Network.of(together),
            Places.of(history.projection, actors),
            by_kind,
            activity,
            latest,
            table,
        )

    @cached_property
    def apart(self) -> BoundApart | None:
        """What tells actors apart, None where nothing was learned."""
        told = Told(self.history.projection)
        table = self.table(self.history, told)
        return table.bound(told) if table else None

    def measure(self, needs: Needs) -> dict[str, FloatArray]:
        """Every raw signal, needs × actors."""
        return self.compare(needs)[0]

    def compare(self, needs: Needs) -> tuple[dict[str, FloatArray], Like, FloatArray]:
        """Every raw signal, needs × actors; how alike past alliances are; and the distances in kilometres."""
        found, like = self.work.measure(needs)
        kilometres = self.places.kilometres(needs)
        weights = self._speaking(like)
        found["kind-of-work"] = self._of_members(weights, self.by_kind)
        found["place-of-work"] = self._of_members(weights, self.actors.located)
        found["field"] = _overlap(needs.topics, self.actors.topics)
        found["kind"] = self._kinds(needs)
        found["resources"] = self._resources(needs)
        found["place"] = self.places.nearness(needs)
        found["distance"] = np.nan_to_num(np.exp(-kilometres / HALFWAY))
        found["network"] = self.network.walk(needs.team)
        found["common-partners"] = self.network.allocation(needs.team)
        found["same-programme"] = self._programme(needs)
        shape = found["place"].shape
        found["told-apart"] = self.apart.measure(needs) if self.apart else np.zeros(shape, np.float32)
        found["activity"] = np.broadcast_to(np.log1p(self.activity), shape)
        found["active-lately"] = np.broadcast_to(self.lately, shape)
        found["local-activity"] = found["place"] * found["activity"]
        return found, like, kilometres

    def _speaking(self, like: Like) -> sparse.csr_array:
        """How much the members of each past alliance say about who is needed."""
        near = like.text.copy()
        near.data = near.data**4
        return self.work.lately(sparse.csr_array(near + 1e-3 * like.team * like.topic + 1e-4 * like.topic))

    def _of_members(self, weights: sparse.csr_array, property: sparse.csr_array) -> FloatArray:
        """For each actor the share of those who did such work that have its property (kind, place)."""
        who = sparse.csr_array(weights @ self.work.members)
        total = np.maximum(np.asarray(who.sum(axis=1)), 1e-9)[:, None]
        shares = dense(sparse.csr_array(who @ property.astype(np.float32))) / total
        return dense(sparse.csr_array(property.astype(np.float32) @ sparse.csr_array(shares.T))).T

    def _kinds(self, needs: Needs) -> FloatArray:
        fits = np.zeros((len(needs), len(self.actors)), np.float32)
        for row, wanted in enumerate(needs.kinds):
            codes = [i for i, kind in enumerate(self.actors.kinds) if kind in wanted]
            fits[row] = np.isin(self.actors.kind, codes)
        return fits

    def _resources(self, needs: Needs) -> FloatArray:
        share = np.zeros((len(needs), len(self.actors)), np.float32)
        for row, wanted in enumerate(needs.resources):
            columns = [i for i, name in enumerate(self.actors.resources) if name in wanted]
            if columns:
                share[row] = np.asarray(self.actors.resource[:, columns].sum(axis=1)) / len(wanted)
        return share

    def _programme(self, needs: Needs) -> FloatArray:
        """How active actors were in alliances of the same kind."""
        if (needs.kind < 0).all():
            return np.zeros((len(needs), len(self.actors)), np.float32)
        kinds = sorted(set(self.history.kind.tolist()) - {-1})
        active = np.zeros((len(kinds) + 1, len(self.actors)), np.float32)
        for row, kind in enumerate(kinds):
            active[row] = (self.work.fresh * (self.history.kind == kind)) @ self.work.members
        at = {kind: row for row, kind in enumerate(kinds)}
        return active[[at.get(kind, len(kinds)) for kind in needs.kind.tolist()]]


def _overlap(wanted: sparse.csr_array, has: sparse.csr_array) -> FloatArray:
    """The share of what is wanted that each has."""
    asked = np.maximum(np.asarray(wanted.sum(axis=1)), 1)[:, None]
    return np.asarray(dense(sparse.csr_array(wanted @ has.T)) / asked, np.float32)


def bend(raw: FloatArray, how: str, among: Mask) -> FloatArray:
    """A raw signal (needs × actors) as a feature from 0 to 1; ``among`` marks the candidates."""
    if how == PLAIN:
        return raw
    part = raw * among
    if how == SHARE:
        return raw * _inverse(part.max(axis=1, keepdims=True, initial=0))
    return np.asarray(np.log1p(raw * (PARTS * _inverse(part.sum(axis=1, keepdims=True)))) / np.log1p(PARTS))


def _inverse(total: FloatArray) -> FloatArray:
    return np.asarray(np.divide(1, total, out=np.zeros_like(total), where=total > 0))
