"""A lens that was learned is written as a file that reads back equal."""

from hypothesis import given
from hypothesis import strategies as st

from graph_service.model import Level
from matching.peers.lens import Distance, Filters, Lens, LensIndicator, StateFilter, read_lens, shipped_lenses
from matching.peers.lens_text import lens_text
from matching.peers.scaling import Transform

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
SHARES = st.floats(0, 1, allow_subnormal=False)
INDICATORS = st.builds(
    LensIndicator, TEXTS, st.floats(0.001, 9), st.sampled_from(Transform), st.none() | SHARES, TEXTS, TEXTS
)
FILTERS = st.builds(
    Filters,
    level=st.none() | st.sampled_from(Level),
    any_level=st.booleans(),
    kinds=st.lists(TEXTS, max_size=2).map(tuple),
    population=st.none() | st.tuples(SHARES, st.floats(1, 9)),
    state=st.none() | st.sampled_from(StateFilter),
    min_coverage=SHARES,
)


@given(
    st.builds(
        Lens,
        *[TEXTS] * 6,
        indicators=st.lists(INDICATORS, max_size=3, unique_by=lambda each: each.id).map(tuple),
        filters=FILTERS,
        distance=st.sampled_from(Distance),
        tolerance=st.none() | st.floats(0, 50),
        hub_control=st.floats(0, 0.9),
    )
)
def test_every_lens_reads_back_equal(lens: Lens) -> None:
    assert read_lens(lens_text(lens)) == lens


def test_the_shipped_lenses_read_back_equal() -> None:
    for lens in shipped_lenses().values():
        assert read_lens(lens_text(lens)) == lens
