"""What a person may mean by a few words: names, codes, spelling mistakes, and words in descriptions."""

from api.questions.search_index import SearchIndex
from api.questions.searched import SearchAsked, SearchFound
from api.snapshot import Snapshot


def find(snapshot: Snapshot, asked: SearchAsked) -> SearchFound:
    """Find what is meant, best first."""
    return snapshot.prepared("search", SearchIndex, ahead=True).find(asked)
