"""A small town in which people go about their day: what stands in it, and who may come in."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from browser.keyboard import sign_in
from playwright.sync_api import Page
from service_server import quick_accounts, served

from api.http.viewer import Role
from api.sample import load_sample
from api.services import Services
from api.settings import Settings
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, Dataset, Edge, EdgeType
from importers.package.importer import PackageImporter
from importers.run import run
from tests.town_package import write_town

PASSWORD = "ein Apfel im Schnee"
HOME = municipality_key("90001")
TOWN = "/municipalities/90001"
OFFER = """key,name,kind,municipalities,fields,status,assured_on
treff,Offener Treff,open-meeting,90001,leisure-encounter,active,2020-01-01
"""


def one_table(name: str, rows: str, folder: Path) -> Path:
    """An exchange package with one table."""
    path = folder / f"{name}.zip"
    description = {"name": name, "title": f"Liste {name}", "resources": [{"name": name, "path": f"{name}.csv"}]}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.csv", rows)
        archive.writestr("datapackage.json", json.dumps(description))
    return path


@dataclass(frozen=True)
class Town:
    """What is served, and where."""

    services: Services
    base: str


@contextmanager
def a_town(folder: Path) -> Iterator[Town]:
    """The sample and a small town with an actor that is recorded twice; an account of every role that writes."""
    services = Services(Settings(store=f"sqlite:///{folder / 'k.db'}", cache=folder))
    load_sample(services.store)
    run(PackageImporter(), [write_town(folder / "town")], services.store)
    twins = [
        Actor(key=NodeKey.of(Label.ACTOR, local), name="Lernbrücke gGmbH", url="https://lernbruecke.example",
              assured_on=date(2026, 5, 1))
        for local in ("lernbruecke", "lernbruecke2")
    ]  # fmt: skip
    located = [Edge(EdgeType.LOCATED_IN, each.key, HOME) for each in twins]
    services.store.write(lambda tx: tx.replace(Dataset(id="twins", title="Liste der Träger"), [*twins, *located]))
    run(PackageImporter(), [one_table("offers", OFFER, folder)], services.store)
    accounts = quick_accounts(services)
    for role in (Role.EDITOR, Role.OFFICE, Role.ADMIN):
        place = HOME if role is Role.EDITOR else None
        accounts.registry.add(f"{role}@stadt.example", role, name=f"Büro {role}", municipality=place, password=PASSWORD)
    with served(services) as base:
        yield Town(services, base)


def entered(opened: Callable[..., Page], role: Role, path: str) -> Page:
    """A page that somebody came to by signing in."""
    page = opened(f"/sign-in?next={path}")
    sign_in(page, f"{role}@stadt.example", PASSWORD)
    return page


def stored(page: Page, path: str) -> str:
    """What programs are answered about it."""
    answer = page.request.get(f"/api/v1{path}", headers={"Accept": "application/json"})
    assert answer.ok, f"{path}: {answer.status}"
    return json.dumps(answer.json(), ensure_ascii=False)
