"""Simple ways to rank partners, which suggestions are measured beside: one score an actor each, and their blends."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from graph_service.arrays import IntArray
from graph_service.keys import Label
from matching.partners.history import History, first_of
from matching.partners.learning import Case, best_first, gain
from matching.partners.needs import Needs
from matching.partners.numbers import FloatArray
from matching.partners.signals import Mask
from matching.partners.signals_network import Network
from matching.partners.signals_rank import RankGraph, pagerank

BASELINES = (
    "popularity", "popularity-3-years", "same-place-popularity", "same-kind-popularity", "past-partners",
    "past-partners-in-field", "adamic-adar", "resource-allocation", "pagerank", "same-place", "tf-idf", "knn",
)  # fmt: skip
LETTERS = r"[^\W\d_]{2,}"
LATEST = 25
"""Alliances that an actor's profile consists of."""
FAR = 0.2
"""Cosine from which on a past description counts."""
DRAWS = 300
MOST = 300
SEED = 7


@dataclass(frozen=True, eq=False)
class Simple:
    """The simple scores of one history."""

    history: History
    case: Case
    words: TfidfVectorizer
    past: sparse.csr_array
    """terms × past alliances."""
    profile_words: TfidfVectorizer
    profile_grams: TfidfVectorizer
    profiles: tuple[sparse.csr_array, sparse.csr_array]
    """terms × actors, by words and by n-grams."""
    network: Network
    whole: RankGraph
    """The network of actors and alliances, for PageRank."""
    levels: sparse.csr_array
    """actors × municipalities: where an actor is, with what lies around."""

    @classmethod
    def of(cls, case: Case) -> "Simple":
        """Prepare what all needs share."""
        past = case.signals.history
        words = TfidfVectorizer(sublinear_tf=True, token_pattern=LETTERS)
        told = _told(past, past.rows)
        profile_words = TfidfVectorizer(sublinear_tf=True, token_pattern=LETTERS)
        profile_grams = TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(3, 4), dtype=np.float32)
        profiles = _profiles(case, past)
        company = sparse.csr_array(past.members + past.leads).sign()
        joints, actors = company.shape
        return cls(
            past,
            case,
            words,
            _turned(words.fit_transform(told or ["-"])) if told else sparse.csr_array((0, joints)),
            profile_words,
            profile_grams,
            (_turned(profile_words.fit_transform(profiles)), _turned(profile_grams.fit_transform(profiles))),
            Network.of(company),
            RankGraph.of(company),
            _levels(case, actors),
        )

    def scores(self, chunk: IntArray) -> dict[str, FloatArray]:
        """Every score of some needs, needs × actors."""
        case, past = self.case, self.history
        needs, rows = case.needs.part(chunk), case.rows[chunk]
        members = past.members
        shape = (len(chunk), members.shape[1])
        team = sparse.csr_array(needs.team @ sparse.csr_array(past.members + past.leads).sign().T)
        topic = sparse.csr_array(needs.topics @ past.topics.T).sign()
        popularity = np.asarray(members.sum(axis=0))
        near = np.asarray((sparse.csr_array(needs.team @ self.levels) @ self.levels.T).toarray())
        lately = np.asarray((past.age <= 3).astype(float) @ members)
        return {
            "popularity": np.broadcast_to(popularity, shape),
            "popularity-3-years": np.broadcast_to(lately, shape),
            "same-place-popularity": near * popularity,
            "same-kind-popularity": self._same_kind(needs),
            "past-partners": _dense(team @ members),
            "past-partners-in-field": _dense(sparse.csr_array(team * topic) @ members),
            "adamic-adar": self.network.adamic_adar(needs.team),
            "resource-allocation": self.network.allocation(needs.team),
            "pagerank": self._pagerank(needs),
            "same-place": self._same_place(needs),
            "tf-idf": self._profile(needs, rows),
            "knn": self._nearest(rows),
        }

    def _same_kind(self, needs: Needs) -> FloatArray:
        same = (needs.kind[:, None] == self.history.kind[None, :]) & (needs.kind >= 0)[:, None]
        return _dense(sparse.csr_array(same.astype(np.float32)) @ self.history.members)

    def _same_place(self, needs: Needs) -> FloatArray:
        actors = self.case.signals.actors
        wanted = sparse.csr_array(needs.places + needs.team @ actors.located)
        both: FloatArray = np.minimum(_dense(wanted @ actors.located.T), 1)
        return both

    def _pagerank(self, needs: Needs) -> FloatArray:
        lead = first_of(needs.team)
        ranks = {}
        for each in set(lead.tolist()) - {-1}:
            start = np.zeros(needs.team.shape[1])
            start[each] = 1
            ranks[each] = pagerank(self.whole, start)[0]
        none = np.zeros(needs.team.shape[1])
        return np.stack([ranks.get(each, none) for each in lead.tolist()])

    def _profile(self, needs: Needs, rows: IntArray) -> FloatArray:
        actors = self.case.signals.actors
        lead = first_of(needs.team).tolist()
        where = [_place_name(self.case, int(actors.place[each])) if each >= 0 else "" for each in lead]
        texts = [f"{text} {place}" for text, place in zip(_told(self.history, rows), where, strict=True)]
        words = sparse.csr_array(self.profile_words.transform(texts)) @ self.profiles[0]
        grams = sparse.csr_array(self.profile_grams.transform(texts)) @ self.profiles[1]
        return _dense(sparse.csr_array(words + grams))

    def _nearest(self, rows: IntArray) -> FloatArray:
        if not self.past.shape[0]:
            return np.zeros((len(rows), self.history.members.shape[1]), np.float32)
        near = sparse.csr_array(sparse.csr_array(self.words.transform(_told(self.history, rows))) @ self.past)
        near.data = np.where(near.data > FAR, near.data**2, 0)
        return _dense(near @ self.history.members)


def blend_weights(case: Case) -> FloatArray:
    """Weights of the simple scores by random search for nDCG@10."""
    sample = case.sample(MOST)
    simple, parts = Simple.of(sample), []
    for chunk in sample.chunks():
        needs = sample.needs.part(chunk)
        among = sample.among(needs)
        found = shares(simple.scores(chunk), among)
        for i, row in enumerate(chunk.tolist()):
            best = [np.argpartition(-each[i], min(100, each.shape[1] - 1))[:100] for each in found]
            chosen = np.unique(np.concatenate([*best, sample.gold[row]]))
            chosen = chosen[among[i][chosen]]
            parts.append((chosen, np.stack([each[i][chosen] for each in found]), sample.gold[row]))
    chance = np.random.default_rng(SEED)
    draws: list[FloatArray] = [np.full(len(BASELINES), 1.0), *chance.dirichlet(np.full(len(BASELINES), 0.5), DRAWS)]

    def figure(weights: FloatArray) -> float:
        total = 0.0
        for chosen, scores, gold in parts:
            ranked = best_first((weights @ scores)[None, :], np.ones((1, len(chosen)), bool), 10)[0]
            total += gain(chosen[ranked], gold)
        return total

    return max(draws, key=figure)


def shares(scores: Mapping[str, FloatArray], among: Mask) -> list[FloatArray]:
    """Each score divided by its largest among the candidates."""
    result = []
    for name in BASELINES:
        top = np.asarray((scores[name] * among).max(axis=1, keepdims=True, initial=0), np.float32)
        result.append(np.divide(scores[name], top, out=np.zeros(among.shape, np.float32), where=top > 0))
    return result


def _told(past: History, rows: IntArray) -> list[str]:
    """Name, description, topics and kind of alliances."""
    alliances, projection = past.alliances, past.projection
    names = [projection.name(Label.CONCEPT, i) for i in range(len(projection.spans[Label.CONCEPT]))]
    topics = sparse.csr_array(alliances.topics[rows])
    result = []
    for i, row in enumerate(rows.tolist()):
        about = " ".join(names[j] for j in topics.indices[topics.indptr[i] : topics.indptr[i + 1]].tolist())
        kind = alliances.kinds[alliances.kind[row]] if alliances.kind[row] >= 0 else ""
        result.append(f"{alliances.text[row]} {about} {kind}")
    return result


def _profiles(case: Case, past: History) -> list[str]:
    """For each actor its name, kind, place and latest alliances."""
    actors = case.signals.actors
    told = [past.alliances.text[i] for i in past.rows.tolist()]
    carried = sparse.csc_array(past.members)
    result = []
    for i, name in enumerate(actors.name):
        rows = np.sort(carried.indices[carried.indptr[i] : carried.indptr[i + 1]])[-LATEST:]
        kind = actors.kinds[actors.kind[i]] if actors.kind[i] >= 0 else ""
        place = _place_name(case, int(actors.place[i]))
        result.append(" ".join([name, kind, place, *(told[row] for row in rows.tolist())]))
    return result


def _place_name(case: Case, place: int) -> str:
    return case.signals.history.projection.name(Label.MUNICIPALITY, place) if place >= 0 else ""


def _levels(case: Case, actors: int) -> sparse.csr_array:
    """Where each actor is, and the areas around."""
    projection = case.signals.history.projection
    place = case.signals.actors.place.copy()
    rows, columns = [], []
    for _ in range(6):
        known = np.flatnonzero(place >= 0)
        rows.append(known)
        columns.append(place[known])
        place[known] = projection.municipalities.parent[place[known]]
    row, column = np.concatenate(rows), np.concatenate(columns)
    shape = (actors, len(projection.spans[Label.MUNICIPALITY]))
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape)


def _turned(matrix: sparse.csr_matrix) -> sparse.csr_array:
    # scikit-learn answers with the older kind of matrix
    turned: sparse.csr_array = sparse.csr_array(matrix).T.tocsr().astype(np.float32)
    return turned


def _dense(matrix: sparse.csr_array) -> FloatArray:
    plain: FloatArray = matrix.toarray()
    return plain
