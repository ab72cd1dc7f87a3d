"""What others tried against a challenge, asked for one municipality."""

from collections.abc import Collection
from datetime import date

from api.questions.profile import ratings
from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.keys import NodeKey
from matching.peers.lens import Lens
from matching.practices.answers import PracticeAnswer, PracticeQuestion
from matching.practices.matcher import PracticeRanker


def practice_ranker(snapshot: Snapshot, lens: Lens) -> PracticeRanker:
    """The practices of a snapshot, with municipalities as a lens compares them."""
    return snapshot.prepared(("practices", lens), lambda _: PracticeRanker(snapshot.peers(lens)))


def find_practices(
    snapshot: Snapshot, lens: Lens, question: PracticeQuestion, *, limit: int, among: Collection[NodeKey] | None = None
) -> PracticeAnswer:
    """Answer, with these practices alone where ``among`` is given; NotFound for an unknown place or challenge."""
    return practice_ranker(snapshot, lens).answer(question, limit=limit, among=among)


def practice_question(
    snapshot: Snapshot, municipality: NodeKey, on: date, challenge: str = "", text: str = ""
) -> PracticeQuestion:
    """The question for a municipality; where nothing is named, about what it rated hardest. Raises NotFound."""
    if not challenge and not text.strip():
        rated = ratings(snapshot).get(municipality, ())
        if not rated:
            raise NotFound("a challenge or a text, or a municipality that has rated its challenges", municipality)
        challenge = rated[0].challenge
    return PracticeQuestion(municipality, on, challenge, text)
