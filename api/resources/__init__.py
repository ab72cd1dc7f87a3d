"""Routes under /api/v1, one module per resource: they parse, ask and answer, nothing else."""

from api.blueprint import Blueprint
from api.resources.municipalities import municipalities

RESOURCES: tuple[Blueprint, ...] = (municipalities,)
