"""/datasets and /claims: whose data these are, and who says what of a record."""

from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph
from api.http.current import services, snapshot
from api.questions.sources import ClaimsFound, Source, Sources, find_claims, find_source, list_sources
from graph_service.keys import NodeKey

datasets = Blueprint("datasets", __name__, url_prefix="/datasets", description="Whose data these are.")
claims = Blueprint("claims", __name__, url_prefix="/claims", description="Who says what of a record.")
for each in (datasets, claims):
    depends_on_graph(each)


@datasets.route("")
@datasets.answers(Sources)
def list_datasets() -> Sources:
    """List the datasets in the order in which they are believed, with licence and publisher."""
    return list_sources(services(), snapshot().audience)


@datasets.route("/<local:dataset>")
@datasets.answers(Source)
def get_dataset(dataset: str) -> Source:
    """Tell whose a dataset is, and under which licence it may be used."""
    return find_source(services(), snapshot().audience, dataset)


@claims.route("/<key:key>")
@claims.answers(ClaimsFound)
def list_claims(key: str) -> ClaimsFound:
    """Tell which dataset says what of a record, and since when."""
    return find_claims(services(), snapshot().audience, NodeKey.trusted(key))
