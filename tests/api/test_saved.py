"""Addresses kept under a name: one's own, of this site, bounded, and gone with the account."""

from pathlib import Path

import pytest

from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.http.errors import Conflict
from api.http.viewer import Role
from api.saved import MOST, SavedAddresses
from api.services import Services
from api.settings import Settings
from graph_service.errors import InvalidValue, NotFound

WORD = "ein Apfel im Schnee"
PEERS = "/municipalities/08119/peers?weights=a:2"


@pytest.fixture
def services(tmp_path: Path) -> Services:
    found = Services(Settings(store=f"sqlite:///{tmp_path / 'kompass.db'}", cache=tmp_path))
    found.__dict__["_accounts"] = Accounts.on(found.state, passwords=Passwords(memory_kib=8, rounds=1))
    return found


@pytest.fixture
def saved(services: Services) -> SavedAddresses:
    return services.saved


def test_an_address_is_kept_under_its_name_replaced_and_forgotten(saved):
    first = saved.keep("anna", "  Meine   Kreise ", PEERS)
    assert first.name == "Meine Kreise"
    second = saved.keep("anna", "Meine Kreise", "/practices")
    assert saved.of("anna") == [second]
    assert second.id == first.id
    saved.forget("anna", first.id)
    assert saved.of("anna") == []


def test_it_can_be_called_something_else_that_is_free(saved):
    first, second = saved.keep("anna", "Kreise", PEERS), saved.keep("anna", "Netz", "/network")
    saved.rename("anna", first.id, " Unsere  Kreise ")
    assert [each.name for each in saved.of("anna")] == ["Netz", "Unsere Kreise"]
    assert saved.get("anna", first.id).address == PEERS
    with pytest.raises(Conflict):
        saved.rename("anna", first.id, "Netz")
    with pytest.raises(InvalidValue):
        saved.rename("anna", first.id, " ")
    with pytest.raises(NotFound):
        saved.rename("berta", second.id, "Meins")


def test_everybody_keeps_and_sees_the_own(saved):
    kept = saved.keep("anna", "Kreise", PEERS)
    assert saved.of("berta") == []
    with pytest.raises(NotFound):
        saved.forget("berta", kept.id)


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.test/", "//elsewhere.test/x", "/\\elsewhere.test", "javascript:x", "", "/x\ny", "x", "/\ud83d"],
)
def test_only_addresses_of_this_site_are_kept(saved, address):
    with pytest.raises(InvalidValue):
        saved.keep("anna", "X", address)


@pytest.mark.parametrize("address", ["/", "/search?q=Köln „Süd“", "/x\u00a0\U000f6a86"])
def test_an_address_may_hold_whatever_people_and_programs_write(saved, address):
    assert saved.keep("anna", "X", address).address == address


def test_there_is_an_end_to_it(saved):
    for number in range(MOST):
        saved.keep("anna", f"Nr. {number}", PEERS)
    with pytest.raises(Conflict):
        saved.keep("anna", "eins zu viel", PEERS)
    saved.keep("anna", "Nr. 0", "/practices")


def test_what_is_kept_is_exported_and_erased_with_the_account(services):
    records, registry = services.accounts.records, services.accounts.registry
    registry.add("chef@stadt.example", Role.ADMIN, password=WORD)
    anna = registry.add("anna@stadt.example", Role.READER, password=WORD).id
    services.saved.keep(anna, "Kreise", PEERS)
    assert [row["address"] for row in records.export(anna).records["saved"]] == [PEERS]
    records.erase(anna)
    assert services.saved.of(anna) == []


def test_over_http_and_as_pages(services):
    services.accounts.registry.add("anna@stadt.example", Role.READER, password=WORD)
    client = create_app(services.settings, services).test_client()
    assert client.get("/api/v1/me/saved").status_code == 401
    assert client.post("/sign-in", data={"email": "anna@stadt.example", "password": WORD}).status_code == 303
    form = client.get(f"/saved?address={PEERS}&name=Kreise&lang=en").text
    assert 'value="Kreise"' in form
    assert client.post("/saved", data={"name": "Kreise", "address": PEERS}).status_code == 303
    (item,) = client.get("/api/v1/me/saved").json["items"]
    assert (item["name"], item["address"]) == ("Kreise", PEERS)
    assert client.post("/api/v1/me/saved", json={"name": "X", "address": "https://x.test"}).status_code == 422
    assert client.delete(f"/api/v1/me/saved/{item['id']}").status_code == 204
    assert "Nothing is kept yet" in client.get("/saved").text


def test_the_page_puts_kinds_apart_renames_and_brings_back_what_was_forgotten(services):
    services.accounts.registry.add("anna@stadt.example", Role.READER, password=WORD)
    client = create_app(services.settings, services).test_client()
    client.post("/sign-in", data={"email": "anna@stadt.example", "password": WORD})
    client.get("/saved?lang=en")
    for name, address in (("Kreise", PEERS), ("Netz", "/network?entry=brokers"), ("Sonst", "/practices")):
        answer = client.post("/saved", data={"name": name, "address": address}, follow_redirects=True)
        assert f"Kept as “{name}”" in answer.text
    page = client.get("/saved").text
    order = [page.index(each) for each in ("Views of the network", ">Netz<", "Comparisons", ">Kreise<", ">Sonst<")]
    assert order == sorted(order)
    kept = {each.name: each.id for each in services.saved.of(services.accounts.registry.all()[0].id)}
    taken = client.post(f"/saved/{kept['Netz']}/renamed", data={"name": "Kreise"})
    assert taken.status_code == 409
    assert "nothing else is kept under" in taken.text
    assert (
        ">Wer verbindet<"
        in client.post(f"/saved/{kept['Netz']}/renamed", data={"name": "Wer verbindet"}, follow_redirects=True).text
    )
    gone = client.post(f"/saved/{kept['Kreise']}/forgotten", follow_redirects=True).text
    assert "“Kreise” is forgotten" in gone
    assert f'value="{PEERS}"' in gone
