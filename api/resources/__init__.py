"""Routes under /api/v1, one module per resource: they parse, ask and answer, nothing else."""

from api.http.blueprint import Blueprint
from api.resources.accounts import accounts
from api.resources.conflicts import conflicts
from api.resources.contact import contact
from api.resources.decisions import decisions
from api.resources.editing import editing
from api.resources.files import exports, maps
from api.resources.imports import imports
from api.resources.matching import inventory
from api.resources.me import me
from api.resources.municipalities import municipalities
from api.resources.network import network
from api.resources.reconcile import previews, reconcile, records
from api.resources.records import actors, alliances, exchanges, offers, practices, requests
from api.resources.reference import indicators, lenses, vocabularies
from api.resources.saved import saved
from api.resources.search import search
from api.resources.session import session
from api.resources.sources import claims, datasets

RESOURCES: tuple[Blueprint, ...] = (
    session,
    me,
    saved,
    accounts,
    contact,
    municipalities,
    actors,
    alliances,
    practices,
    offers,
    requests,
    exchanges,
    editing,
    inventory,
    network,
    decisions,
    indicators,
    imports,
    search,
    vocabularies,
    lenses,
    datasets,
    claims,
    conflicts,
    exports,
    maps,
    records,
    reconcile,
    previews,
)
