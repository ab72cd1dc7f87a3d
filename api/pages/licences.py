"""Whose work the service builds on: the components that it ships to browsers."""

from dataclasses import dataclass


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
