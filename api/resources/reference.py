"""/indicators, /vocabularies, /lenses: what is measured, in which terms things are said, how places are compared."""

from typing import Any

from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.questions.indicators import Indicators, Measured, Values, find_indicator, find_values, list_indicators
from api.questions.lenses import Lenses, LensFound, find_lens, list_lenses
from api.questions.vocabularies import Vocabularies, VocabularyFound, find_vocabulary, list_vocabularies
from api.schemas.observations import ValuesQuery
from graph_service.model import Level

indicators = Blueprint("indicators", __name__, url_prefix="/indicators", description="What is measured.")
vocabularies = Blueprint(
    "vocabularies", __name__, url_prefix="/vocabularies", description="Controlled terms, in German and English."
)
lenses = Blueprint("lenses", __name__, url_prefix="/lenses", description="What makes municipalities comparable.")
for each in (indicators, vocabularies, lenses):
    depends_on_graph(each)


@indicators.route("")
@indicators.answers(Indicators)
def list_all_indicators() -> Indicators:
    """List the indicators of the store."""
    return list_indicators(snapshot(), words())


@indicators.route("/<local:indicator>")
@indicators.answers(Measured)
def get_indicator(indicator: str) -> Measured:
    """Tell what an indicator measures, and for which periods it is known."""
    return find_indicator(snapshot(), indicator, words())


@indicators.route("/<local:indicator>/values")
@indicators.arguments(ValuesQuery, location="query")
@indicators.answers(Values)
def get_values(query: dict[str, Any], indicator: str) -> Values:
    """Tell the values of an indicator for all municipalities of a level, as columns."""
    return find_values(snapshot(), indicator, words(), Level(query["level"]), query.get("period", ""))


@vocabularies.route("")
@vocabularies.answers(Vocabularies)
def list_all_vocabularies() -> Vocabularies:
    """List the vocabularies."""
    return list_vocabularies(snapshot())


@vocabularies.route("/<local:kind>")
@vocabularies.answers(VocabularyFound)
def get_vocabulary(kind: str) -> VocabularyFound:
    """Tell the terms of a vocabulary in their order, deprecated ones included."""
    return find_vocabulary(snapshot(), kind)


@lenses.route("")
@lenses.answers(Lenses)
def list_all_lenses() -> Lenses:
    """List the lenses that municipalities can be compared through."""
    return list_lenses(words())


@lenses.route("/<local:lens>")
@lenses.answers(LensFound)
def get_lens(lens: str) -> LensFound:
    """Tell what a lens looks at, and why."""
    return find_lens(snapshot(), lens, words())
