"""What belongs to the request at hand: the services, the viewer's snapshot, and the language."""

from typing import cast

from flask import current_app, g

from api.http.viewer import viewer
from api.language import Words
from api.services import Services
from api.snapshot import Snapshot

EXTENSION = "kompass"


def services() -> Services:
    """The services of the running application."""
    return cast("Services", current_app.extensions[EXTENSION])


def snapshot() -> Snapshot:
    """What the viewer may see, the same revision throughout the request; raises StoreError."""
    if "snapshot" not in g:
        here, who = services(), viewer()
        # who has signed in may have written a moment ago, through another process even
        g.snapshot = here.snapshot(who.audience, at_once=True) if who.account else here.ready(who.audience)
    return cast("Snapshot", g.snapshot)


def words() -> Words:
    """The language of whoever asks."""
    found = g.get("words")
    return found if isinstance(found, Words) else Words(services().settings.language)
