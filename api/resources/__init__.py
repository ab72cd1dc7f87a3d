"""Routes under /api/v1, one module per resource: they parse, ask and answer, nothing else."""

from api.blueprint import Blueprint
from api.resources.editing import editing
from api.resources.matching import inventory
from api.resources.municipalities import municipalities
from api.resources.network import network
from api.resources.records import actors, alliances, exchanges, offers, practices, requests
from api.resources.reference import indicators, lenses, vocabularies

RESOURCES: tuple[Blueprint, ...] = (
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
    indicators,
    vocabularies,
    lenses,
)
