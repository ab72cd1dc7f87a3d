"""German free text as vectors: what counts as alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.errors import InvalidValue, NotFound
from matching.text import Synonyms, Vectors, load_synonyms, read_synonyms, shipped_synonyms, stems

NONE = Synonyms()
TEXTS = [
    "Sprachförderung für Seiteneinsteiger in der Grundschule",
    "Wohnungslosenhilfe und Schuldnerberatung",
    "Hausaufgabenhilfe am Nachmittag",
    "Sportangebote für Mädchen",
    "Mediensucht bei Jugendlichen vorbeugen",
]


def alike(question, texts=TEXTS, synonyms=NONE, share=0.5):
    vectors, rows = Vectors.fit(texts, synonyms=synonyms, share=share)
    return (vectors.transform([question]) @ rows.T).toarray()[0]


def test_inflected_words_share_a_stem_and_words_without_content_vanish():
    assert stems("die Häuser der Jugend, das Haus 2014") == [*stems("Haus"), *stems("Jugend"), *stems("Haus")]


def test_a_part_of_a_compound_finds_the_compound():
    found = alike("Schulden")
    assert found.argmax() == 1
    assert found[1] > 0.05


def test_umlauts_may_be_written_out():
    assert alike("Sprachfoerderung").argmax() == 0


def test_synonyms_find_what_shares_no_word():
    texts = ["Patenschaften stiften", "Kochen am Abend", "Garten und Beete"]
    assert alike("Mentoring", texts)[0] < 0.05
    assert alike("Mentoring", texts, shipped_synonyms())[0] > 0.2


def test_phrases_are_synonyms_too():
    synonyms = read_synonyms('second-language = ["Deutsch als Zweitsprache", "DaZ"]')
    assert synonyms.terms(stems("Kurse in Deutsch als Zweitsprache")) == ["=second-language"]
    assert synonyms.terms(stems("Deutsch")) == []


def test_ones_own_synonyms_go_before_the_shipped_ones(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('plants = ["Garten", "Pate"]\n', "utf-8")
    found = load_synonyms(path)
    assert found.terms(stems("Paten im Garten")) == ["=plants", "=plants"]
    assert found.terms(stems("Mentor")) == ["=mentoring"]


@pytest.mark.parametrize("text", ["a = 3", "a = [3]", 'a = [""]', "a = ["])
def test_a_broken_list_of_synonyms_is_refused(text):
    with pytest.raises(InvalidValue):
        read_synonyms(text, "own.toml")


def test_a_missing_list_of_synonyms_is_said(tmp_path):
    with pytest.raises(NotFound):
        load_synonyms(tmp_path / "none.toml")


@given(st.lists(st.text(max_size=40), max_size=12))
def test_vectors_have_length_one_or_say_nothing(texts):
    vectors, rows = Vectors.fit(texts)
    again = vectors.transform(texts)
    assert np.allclose(rows.toarray(), again.toarray(), atol=1e-5)
    lengths = np.sqrt((rows.toarray() ** 2).sum(axis=1))
    # a text of synonyms or very short stems alone has one of the two parts
    assert all(length < 1 + 1e-4 for length in lengths)


def test_an_unknown_question_resembles_nothing():
    assert not alike("Xqzwv").any()
