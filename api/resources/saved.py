"""/me/saved: addresses kept under a name, such as a comparison or a lens with one's own weights."""

from collections.abc import Mapping
from dataclasses import dataclass

import marshmallow as ma
from flask import Response

from api.http.access import requires
from api.http.blueprint import Blueprint
from api.http.current import services
from api.http.viewer import Role, require
from api.saved import ADDRESS, LONGEST_ADDRESS, LONGEST_NAME, NAME, Saved
from api.schemas.accounts import Text

saved = Blueprint("saved", __name__, url_prefix="/me/saved", description="What one keeps under a name.")


@dataclass(frozen=True, slots=True)
class SavedShown:
    """Everything that is kept."""

    items: list[Saved]


class SavedBody(ma.Schema):
    """An address of this site and what to call it."""

    name = Text(required=True, validate=[ma.validate.Length(1, LONGEST_NAME), ma.validate.Regexp(NAME)])
    address = ma.fields.String(
        required=True, validate=[ma.validate.Length(1, LONGEST_ADDRESS), ma.validate.Regexp(ADDRESS)]
    )


def account() -> str:
    """Whose they are."""
    return require(Role.READER).account or ""


@saved.route("")
@requires(Role.READER, "read")
@saved.answers(SavedShown)
def list_saved() -> SavedShown:
    """What is kept, by name."""
    return SavedShown(services().saved.of(account()))


@saved.route("", methods=["POST"])
@requires(Role.READER, "write")
@saved.arguments(SavedBody)
@saved.answers(Saved, 201)
def keep(body: Mapping[str, str]) -> Saved:
    """Keep an address; under a name that is taken it replaces the other."""
    return services().saved.keep(account(), body["name"], body["address"])


@saved.route("/<local:id>", methods=["DELETE"])
@requires(Role.READER, "write")
@saved.response(204)
def forget(id: str) -> Response:
    """Forget one."""
    services().saved.forget(account(), id)
    return Response(status=204)
