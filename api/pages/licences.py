"""Whose work the service builds on: the components that it ships to browsers, and the data in this installation."""

from dataclasses import dataclass

from graph_service.model import Dataset
from graph_service.store.contract import GraphStore


@dataclass(frozen=True, slots=True)
class Component:
    """Something of others that our pages carry."""

    name: str
    licence: str


COMPONENTS = (
    Component("KERN UX (@kern-ux/native)", "EUPL-1.2"),
    Component("Fira Sans (@fontsource/fira-sans)", "SIL OFL 1.1"),
    Component("htmx", "0BSD"),
    Component("sigma.js, graphology", "MIT"),
)
"""What browsers get; what runs on the server is listed in the lock files with its versions."""


def licences_of_data(store: GraphStore) -> tuple[Dataset, ...]:
    """The datasets in the store; raises StoreError."""
    return tuple(status.dataset for status in store.read(lambda reader: reader.datasets()))
