"""Pages for people, one module per page: they ask the same services as the JSON resources."""

from flask import Blueprint

from api.pages.account import account
from api.pages.alliance_drafts import drafts
from api.pages.alliances import alliances
from api.pages.atlas import atlas
from api.pages.atlas_cell import atlas_cell
from api.pages.challenges import challenges
from api.pages.compare import comparison
from api.pages.contact import first_contact
from api.pages.data import data
from api.pages.data_accounts import data_accounts
from api.pages.data_conflicts import data_conflicts
from api.pages.data_duplicates import data_duplicates
from api.pages.data_freshness import data_freshness
from api.pages.data_imports import data_imports
from api.pages.data_journal import data_journal
from api.pages.exchange import one_exchange
from api.pages.exchange_forms import exchange_forms
from api.pages.exchange_preparation import preparation
from api.pages.exchanges import exchanges
from api.pages.indicators import indicators
from api.pages.inventory import inventory
from api.pages.municipality import municipality
from api.pages.network import network
from api.pages.notices import notice_links
from api.pages.offer_actions import offer_actions
from api.pages.offer_forms import offer_forms
from api.pages.offer_paste import offer_paste
from api.pages.offers import offers
from api.pages.own_lens import own_lens
from api.pages.peer_files import files
from api.pages.peers import peers
from api.pages.practices import practices
from api.pages.preferences import preferences
from api.pages.records import records
from api.pages.request_entry import entry
from api.pages.requests import requests
from api.pages.saved import saved
from api.pages.search import searching
from api.pages.sign_in import signing_in
from api.pages.start import start
from api.pages.static import about, static

PAGES: tuple[Blueprint, ...] = (
    start,
    searching,
    indicators,
    municipality,
    peers,
    own_lens,
    challenges,
    network,
    comparison,
    files,
    practices,
    alliances,
    drafts,
    requests,
    entry,
    atlas,
    atlas_cell,
    offers,
    inventory,
    offer_forms,
    offer_paste,
    offer_actions,
    exchanges,
    exchange_forms,
    one_exchange,
    preparation,
    records,
    data,
    data_freshness,
    data_conflicts,
    data_duplicates,
    data_imports,
    data_journal,
    data_accounts,
    preferences,
    signing_in,
    account,
    saved,
    first_contact,
    notice_links,
    about,
    static,
)
