"""Links that say by themselves what they are for, signed by this installation, so that nobody needs to sign in."""

from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from api.accounts.keys import installation_key
from api.http.errors import LinkEnded
from api.state import StateDatabase


class Signer:
    """Makes and reads such links for one purpose; one made for another purpose is none."""

    def __init__(self, state: StateDatabase, purpose: str) -> None:
        """Sign with this installation's own key; the tables of accounts are up to date."""
        self._serializer = URLSafeTimedSerializer(installation_key(state, "links"), salt=purpose)

    def sign(self, said: dict[str, str]) -> str:
        """The text to put into a link. It can be read by whoever has it, and changed by nobody."""
        return str(self._serializer.dumps(said))

    def read(self, text: str, lives: timedelta) -> dict[str, str]:
        """What a link says; raises NotFound where it is not ours, or older than it may be."""
        try:
            said: Any = self._serializer.loads(text, max_age=int(lives.total_seconds()))
        except BadSignature:
            raise LinkEnded("a link that is still good") from None
        return dict(said)
