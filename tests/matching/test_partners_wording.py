"""How the wording of a need fits actors: laws of the chances, and what they follow."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matching.partners.signals_wording import Wording, phrases, spelling


def wording(*work, age=None):
    """Of (text, actors) pairs, the earliest first; three actors."""
    texts = [text for text, _ in work]
    members = np.zeros((len(work), 3), np.float32)
    for row, (_, actors) in enumerate(work):
        members[row, list(actors)] = 1
    fresh = np.exp(-np.array(age or [0] * len(work), np.float32))
    spread = sparse.csr_array(np.eye(len(work), dtype=np.float32))
    return Wording.of(texts, spread, sparse.csr_array(members), fresh)


def chances(found, text, *experience):
    return found.measure([text], [np.array([each], np.float32) for each in experience])[0]


WORDS = st.lists(st.sampled_from(["Sprachkurs", "Kinder", "Sport", "Garten", "Halle"]), max_size=4).map(" ".join)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(WORDS, st.sets(st.integers(0, 2), min_size=1)), min_size=1, max_size=6),
    WORDS,
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
)
def test_chances_sum_to_one_among_those_with_work_and_are_nought_for_others(work, asked, partner):
    did = {actor for _, actors in work for actor in actors}
    found = chances(wording(*work), asked, [n * (i in did) for i, n in enumerate(partner)])
    assert np.isclose(found.sum(), 1, atol=1e-5)
    assert all((found[actor] > 0) == (actor in did) for actor in range(3))


def test_without_any_past_nobody_has_a_chance():
    empty = Wording.of([], sparse.csr_array((0, 0)), sparse.csr_array((0, 3)), np.zeros(0, np.float32))
    assert chances(empty, "Sprachkurs", [0, 0, 0]).tolist() == [0, 0, 0]


def test_who_wrote_of_the_same_is_likelier_and_the_more_of_the_text_the_more():
    found = wording(("Sprachkurs für Familien im Garten", [0]), ("Turnen in der Halle", [1]), ("Theater", [2]))
    short, long = chances(found, "Sprachkurs"), chances(found, "Sprachkurs für Familien im Garten")
    assert short[0] > max(short[1:])
    assert long[0] > short[0]


def test_a_pair_of_words_tells_more_than_the_same_words_apart():
    together = wording(("neue Halle, alter Garten", [0]), ("neuer Garten, alte Halle", [1]))
    found = chances(together, "neue Halle")
    assert found[0] > found[1]


def test_the_spelling_finds_a_word_within_a_compound():
    found = chances(wording(("Kindersprachförderung", [0]), ("Turnhallenneubau", [1])), "Sprachförderungen")
    assert found[0] > found[1]


def test_where_the_text_says_nothing_experience_decides_and_the_narrowest_most():
    found = wording(("Sprachkurs", [0]), ("Turnen", [1]), ("Theater", [2]))
    assert np.allclose(chances(found, "xyz"), 1 / 3, atol=1e-6)
    general, narrow = chances(found, "xyz", [0, 5, 1]), chances(found, "xyz", [0, 5, 1], [3, 0, 0])
    assert np.argmax(general) == 1
    assert np.argmax(narrow) == 0
    assert np.allclose(chances(found, "xyz", [0, 0, 0]), chances(found, "xyz"))


def test_what_was_done_lately_counts_more():
    found = chances(wording(("Sprachkurs", [0]), ("Sprachkurs", [1]), age=[4, 0]), "Sprachkurs")
    assert found[1] > found[0]


def test_the_same_a_hundred_times_says_less_than_twenty_different_works():
    different = [(f"Kurs {word * 5}", [1]) for word in "abcdefghijklmnopqrst"]
    found = wording(*[("Sprachkurs Garten", [0])] * 100, *different)
    assert all(language.burden[0] < language.burden[1] for language in found.languages)


def test_texts_are_taken_apart_by_pairs_of_stems_and_by_letters_over_the_ends_of_words():
    assert phrases("Die Kinder lernen 2014 Deutsch") == ["kind", "lern", "deutsch", "kind lern", "lern deutsch"]
    assert spelling("Ob 2014, ja") == ["^ob ", "ob j", "b ja", " ja$"]
    assert spelling("Mu\u0308he") == spelling("MÜHE") == ["^müh", "mühe", "ühe$"]
    assert spelling("") == phrases("") == []
