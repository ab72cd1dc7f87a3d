"""What terms are called that the shipped vocabularies do not know."""

import pytest
from network_graphs import projection_of

from api.words.terms import readable, term_words
from graph_service.keys import concept_key
from graph_service.model import Concept

HERE = projection_of(
    Concept(
        key=concept_key("actor_kind", "gbr"),
        kind="actor_kind",
        name="Gesellschaft bürgerlichen Rechts",
        label_en="Partnership",
    ),
    Concept(key=concept_key("field", "pf-02"), kind="field", name="Arbeit"),
    Concept(key=concept_key("field", "RSO1.1"), kind="field", name="RSO1.1"),
)


@pytest.mark.parametrize(
    ("kind", "id", "german", "english"),
    [
        ("actor_kind", "school", "Schule", "School"),
        ("actor_kind", "gbr", "Gesellschaft bürgerlichen Rechts", "Partnership"),
        ("field", "pf-02", "Arbeit", "Arbeit"),
        ("field", "RSO1.1", "RSO1.1", "RSO1.1"),
        ("actor_kind", "interest-groups_and-more", "interest groups and more", "interest groups and more"),
        ("field", "", "", ""),
    ],
)
def test_a_term_has_its_vocabulary_s_name_else_its_dataset_s_else_a_readable_id(kind, id, german, english):
    assert term_words(HERE, "de", kind, id) == german
    assert term_words(HERE, "en", kind, id) == english


def test_a_letter_before_an_id_is_left_out():
    assert readable("c.urban-renewal") == "urban renewal"
    assert readable("PO1.x") == "PO1.x"
    assert readable("--") == "--"
