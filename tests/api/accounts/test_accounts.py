"""Who has an account, and with which role."""

import pytest

from api.accounts.model import Scope
from api.accounts.registry import email_of
from api.accounts.sign_in import RESET_LIVES
from api.http.errors import Conflict, Unauthorised
from api.http.viewer import Role
from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import NodeKey
from tests.api.accounts.conftest import AALEN, BETTER, GOOD, HERE


def test_an_account_is_found_however_its_address_is_written(accounts):
    made = accounts.registry.add("Jugendamt@Stadt.example", Role.READER, municipality=AALEN)
    assert accounts.registry.find(" JUGENDAMT@stadt.EXAMPLE ") == made
    assert accounts.registry.get(made.id).municipality == AALEN


def test_an_address_has_one_account(accounts, office):
    with pytest.raises(Conflict):
        accounts.registry.add("BUERO@stadt.example", Role.READER)
    assert accounts.registry.all() == [office]


def test_an_editor_has_a_municipality(accounts):
    with pytest.raises(InvalidValue, match="municipality for an editor"):
        accounts.registry.add("e@stadt.example", Role.EDITOR)
    editor = accounts.registry.add("e@stadt.example", Role.EDITOR, municipality=AALEN)
    with pytest.raises(InvalidValue):
        accounts.registry.change(editor.id, municipality="")
    with pytest.raises(InvalidValue):
        accounts.registry.change(editor.id, municipality=NodeKey("actor:a1"))


def test_nobody_gets_the_role_of_nobody(accounts):
    with pytest.raises(InvalidValue):
        accounts.registry.add("e@stadt.example", Role.ANONYMOUS)


@pytest.mark.parametrize("text", ["", "ohne", "a@b@c.de", "a@b.de\r\nBcc: x@y.de", "a@b.de\nx", "a b@c.de", "@c.de"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InvalidValue):
        email_of(text)


def test_the_last_administrator_stays(accounts):
    first = accounts.registry.add("a@stadt.example", Role.ADMIN)
    for leave in (
        lambda: accounts.registry.change(first.id, role=Role.READER),
        lambda: accounts.registry.change(first.id, disabled=True),
        lambda: accounts.records.erase(first.id),
    ):
        with pytest.raises(Conflict):
            leave()
    accounts.registry.add("b@stadt.example", Role.ADMIN)
    assert accounts.registry.change(first.id, role=Role.READER).role is Role.READER


def test_a_disabled_account_is_signed_out_everywhere_and_cannot_come_back(accounts, office):
    session = accounts.sessions.open(office.id, "password")
    _, token = accounts.tokens.create(office.id, "script", [Scope.READ])
    link, _ = accounts.sign_in.link(office.id, RESET_LIVES)
    accounts.registry.change(office.id, disabled=True)
    assert accounts.sessions.account(session) is None
    assert accounts.tokens.find(token) is None
    with pytest.raises(Unauthorised):
        accounts.sign_in.with_password(office.email, GOOD, HERE)
    with pytest.raises(NotFound):
        accounts.sign_in.password_by_link(link, BETTER)
    with pytest.raises(NotFound):
        accounts.sign_in.link(office.id, RESET_LIVES)
    accounts.registry.change(office.id, disabled=False)
    assert accounts.sign_in.with_password(office.email, GOOD, HERE).id == office.id
    assert accounts.sessions.account(session) is None
