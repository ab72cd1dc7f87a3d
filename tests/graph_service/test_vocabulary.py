"""The controlled vocabularies: complete, consistent, in both languages."""

from collections import Counter

import pytest

from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import Label, concept_key
from graph_service.model import Edge, EdgeType, Flag, Level, Municipality, Scale, Visibility
from graph_service.role_templates import load_role_templates, parse_role_templates
from graph_service.vocabulary import build_vocabulary, load_vocabulary, parse_kinds
from importers.contract import Issues
from importers.municipality_register.importer import RegisterImporter
from importers.territorial_changes.succession import DISSOLVED, KEY_CHANGE, PARTIAL_TRANSFER
from importers.typology.schemes import SCHEMES

VOCABULARY = load_vocabulary()
TERM = 'label_de = "Eins"\nlabel_en = "One"\norigin = "own"\n'
COUNTS = {
    "field": 14,
    "challenge": 40,
    "actor_kind": 25,
    "target_group": 12,
    "offer_kind": 16,
    "alliance_role": 10,
    "resource": 11,
    "exchange_format": 12,
    "practice_status": 6,
    "evidence": 4,
    "cooperation_strength": 4,
    "decision": 3,
}


def read(text: str):
    return build_vocabulary(parse_kinds(text, "some.toml"))


def kind(id: str, terms: str) -> str:
    return f'[{id}]\nlabel_de = "Art"\nlabel_en = "Kind"\n{terms}'


@pytest.mark.parametrize(("kind", "count"), COUNTS.items())
def test_each_vocabulary_has_the_promised_number_of_terms(kind, count):
    assert len(VOCABULARY.terms(kind)) == count


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_kind_and_term_has_a_label_in_both_languages(language):
    for id in VOCABULARY.kinds:
        assert VOCABULARY.kind(id).label(language).strip()
    for term in VOCABULARY:
        assert term.label(language) == term.label(language).strip() != ""
        assert VOCABULARY.label(term.kind, term.id, language) == term.label(language)


def test_labels_tell_the_terms_of_a_kind_apart():
    for language in ("de", "en"):
        labels = Counter((term.kind, term.label(language)) for term in VOCABULARY)
        assert [label for label, count in labels.items() if count > 1] == []


def test_every_challenge_lies_in_a_field_and_every_field_has_one():
    broader = Counter(term.broader for term in VOCABULARY.terms("challenge"))
    assert broader.keys() == {f"field.{term.id}" for term in VOCABULARY.terms("field")}
    assert [term.id for term in VOCABULARY.narrower("field", "language")] == [
        "course-capacity",
        "interpreters",
        "multilingual-info",
    ]


def test_every_actor_kind_belongs_to_a_sector():
    sectors = {f"sector.{term.id}" for term in VOCABULARY.terms("sector")}
    assert {term.broader for term in VOCABULARY.terms("actor_kind")} == sectors


@pytest.mark.parametrize(
    ("kind", "values"),
    [("node_label", Label), ("edge_type", EdgeType), ("level", Level), ("scale", Scale), ("visibility", Visibility)],
)
def test_every_value_of_the_model_has_a_label(kind, values):
    assert {term.id for term in VOCABULARY.terms(kind)} == {value.value for value in values}


def test_a_mark_of_the_publishers_is_found_by_how_it_is_written():
    for flag in Flag:
        assert VOCABULARY.term("flag", flag.value).notation == flag.value
    assert VOCABULARY.label("flag", "()", "en") == "of limited reliability"


def test_strengths_of_cooperation_are_in_ascending_order():
    assert [term.id for term in VOCABULARY.terms("cooperation_strength")] == [
        "knows",
        "cooperates",
        "coordinates",
        "integrated",
    ]


def test_terms_become_concepts_with_keys_that_name_their_kind():
    concepts = {concept.key: concept for concept in VOCABULARY.concepts()}
    assert len(concepts) == sum(1 for _ in VOCABULARY)
    school = concepts[concept_key("challenge", "school-seats")]
    assert (school.name, school.broader) == ("Schulplatzmangel, Wartezeiten", "field.school")
    for concept in concepts.values():
        assert concept.broader is None or concept_key(*concept.broader.split(".")) in concepts


def test_the_vocabulary_cannot_be_changed():
    with pytest.raises(TypeError):
        VOCABULARY.kind("field").terms["new"] = VOCABULARY.term("field", "school")
    with pytest.raises(AttributeError):
        VOCABULARY.term("field", "school").label_de = "x"


def test_unknown_kinds_terms_and_languages_are_named():
    with pytest.raises(NotFound, match="kittens"):
        VOCABULARY.term("kittens", "tabby")
    with pytest.raises(NotFound, match="tabby"):
        VOCABULARY.label("field", "tabby", "de")
    with pytest.raises(InvalidValue, match="fr"):
        VOCABULARY.label("field", "school", "fr")
    assert VOCABULARY.find("kittens", "tabby") is None


def test_a_deprecated_term_keeps_its_label_but_is_no_longer_offered():
    old = f'[pet.terms.cat]\n{TERM}deprecated = true\nreplaced_by = "dog"\n[pet.terms.dog]\n{TERM}'
    pets = read(kind("pet", old))
    assert [term.id for term in pets.terms("pet")] == ["dog"]
    assert pets.label("pet", "cat", "de") == "Eins"
    assert [concept.key for concept in pets.concepts()] == ["concept:pet.cat", "concept:pet.dog"]


@pytest.mark.parametrize(
    "text",
    [
        kind("pet", '[pet.terms.cat]\nlabel_de = "Katze"\norigin = "own"'),
        kind("pet", '[pet.terms.cat]\nlabel_de = "Katze"\nlabel_en = " "\norigin = "own"'),
        kind("pet", f"[pet.terms.cat]\n{TERM}colour = 'red'"),
        kind("pet", '[pet.terms.cat]\nlabel_de = "Katze"\nlabel_en = "Cat"\norigin = "hearsay"'),
        kind("pet", f"[pet.terms.cat]\n{TERM}definition_de = 'Tier'"),
        kind("pet", f"[pet.terms.cat]\n{TERM}broader = 'pet.animal'"),
        kind("pet", f"[pet.terms.cat]\n{TERM}broader = 'cat'"),
        kind("pet", f"[pet.terms.cat]\n{TERM}replaced_by = 'cat'"),
        kind("pet", f"[pet.terms.cat]\n{TERM}deprecated = true\nreplaced_by = 'dog'"),
        kind("pet", f"[pet.terms.cat]\n{TERM}exact_match = 'http://example.org/cat'"),
        kind("pet", f"[pet.terms.'big cat']\n{TERM}"),
        kind("pet", f"[pet.terms.cat]\n{TERM}[pet.terms.cat]\n{TERM}"),
        '[pet]\nlabel_de = "Tier"',
    ],
)
def test_a_flawed_vocabulary_is_refused(text):
    with pytest.raises(InvalidValue):
        read(text)


def test_a_kind_in_two_files_is_refused():
    pets = [
        *parse_kinds(kind("pet", f"[pet.terms.cat]\n{TERM}")),
        *parse_kinds(kind("pet", f"[pet.terms.dog]\n{TERM}")),
    ]
    with pytest.raises(InvalidValue, match="pet"):
        build_vocabulary(iter(pets))


def test_every_field_has_a_role_template_that_makes_a_sound_alliance():
    templates = load_role_templates()
    assert templates.keys() == {term.id for term in VOCABULARY.terms("field")}
    for field, needs in templates.items():
        required = {need.role for need in needs if need.required}
        assert {"coordination", "decision", "target-group-access"} <= required, field
        assert len({need.role for need in needs}) == len(needs)
        kinds = {kind for need in needs if need.required for kind in need.actor_kinds}
        sectors = {VOCABULARY.term("actor_kind", kind).broader for kind in kinds}
        assert {"sector.public", "sector.civil-society"} <= sectors, field


def test_role_templates_ask_for_every_role_and_know_every_actor_kind_and_resource():
    needs = [need for roles in load_role_templates().values() for need in roles]
    for kind, used in (
        ("alliance_role", {need.role for need in needs}),
        ("actor_kind", {kind for need in needs for kind in need.actor_kinds}),
        ("resource", {resource for need in needs for resource in need.resources}),
    ):
        assert used == {term.id for term in VOCABULARY.terms(kind)}


@pytest.mark.parametrize(
    "text",
    [
        '[magic]\ncoordination = { required = true, actor_kinds = ["school"], resources = ["rooms"] }',
        '[school]\nwizard = { required = true, actor_kinds = ["school"], resources = ["rooms"] }',
        '[school]\ncoordination = { required = true, actor_kinds = ["wizard"], resources = ["rooms"] }',
        '[school]\ncoordination = { required = true, actor_kinds = ["school"], resources = ["wand"] }',
        '[school]\ncoordination = { required = true, actor_kinds = [], resources = ["rooms"] }',
        '[school]\ncoordination = { required = "yes", actor_kinds = ["school"], resources = ["rooms"] }',
        "[school]\ncoordination = { required = true }",
    ],
)
def test_a_role_template_with_unknown_words_is_refused(text):
    with pytest.raises((InvalidValue, NotFound)):
        parse_role_templates(text, VOCABULARY)


@pytest.mark.germany
def test_every_kind_and_type_that_the_official_register_knows_has_a_label(germany):
    register = germany / "destatis-gemeindeverzeichnis" / "AuszugGV4QAktuell_2024.xlsx"
    records = list(RegisterImporter().read([register], Issues()).records)
    kinds = {record.kind for record in records if isinstance(record, Municipality)} - {None}
    assert kinds
    assert {kind for kind in kinds if VOCABULARY.find("municipality_kind", kind) is None} == set()
    types = {record.target for record in records if isinstance(record, Edge) and record.type is EdgeType.OF_TYPE}
    assert types
    assert types <= {concept.key for concept in VOCABULARY.concepts()}


def test_every_class_and_change_that_importers_name_has_a_label():
    fixed = [scheme for scheme in SCHEMES if not scheme.german]  # of the others the file names the classes
    assert fixed
    for scheme in fixed:
        labelled = {
            term.id for term in VOCABULARY.terms("municipality_type") if term.id.startswith(f"{scheme.prefix}-")
        }
        assert len(labelled) >= 2, scheme.prefix
    assert {DISSOLVED, PARTIAL_TRANSFER, KEY_CHANGE} <= {term.id for term in VOCABULARY.terms("territorial_change")}
