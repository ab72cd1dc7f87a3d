"""The page about the licences of what the program is made of."""

import re

import pytest

from scripts import licences


def test_the_page_names_every_locked_library_and_says_what_the_installed_ones_say(capsys):
    assert licences.main(["--check"]) == 0, capsys.readouterr().err
    rows = dict(re.findall(r"^\| (\S+) \| (.+) \|$", licences.PAGE.read_text("utf-8"), re.MULTILINE))
    assert set(licences.locked()) <= set(rows)


@pytest.mark.parametrize("expression", ["MIT", "Apache-2.0 OR BSD-3-Clause", "MPL-2.0 AND (Apache-2.0 OR MIT)"])
def test_a_licence_that_was_looked_at_is_taken(expression):
    assert licences.accepted(expression)


@pytest.mark.parametrize("expression", ["AGPL-3.0-only", "MIT AND SSPL-1.0", "not said", ""])
def test_one_that_nobody_looked_at_is_refused(expression):
    assert not licences.accepted(expression)
