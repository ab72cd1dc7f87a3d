"""Pages for people, one module per page: they ask the same services as the JSON resources."""

from flask import Blueprint

PAGES: tuple[Blueprint, ...] = ()
