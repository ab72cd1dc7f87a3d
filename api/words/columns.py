"""What columns of lists and vocabularies are called where an import says which one it expected.

The core says their ids as words ("target groups"); these entries let the phrases be said in other languages, too.
"""

from api.language import N_

COLUMNS = (
    N_("actor"),
    N_("age max"),
    N_("age min"),
    N_("alliance"),
    N_("assured on"),
    N_("carried by"),
    N_("challenges"),
    N_("contact role"),
    N_("department"),
    N_("description"),
    N_("ended on"),
    N_("evidence"),
    N_("fields"),
    N_("funded until"),
    N_("improvement note"),
    N_("key"),
    N_("kind"),
    N_("languages"),
    N_("latitude"),
    N_("legal basis"),
    N_("longitude"),
    N_("municipalities"),
    N_("municipality"),
    N_("name"),
    N_("needs"),
    N_("open from"),
    N_("open until"),
    N_("outcome"),
    N_("programme"),
    N_("provider"),
    N_("requester"),
    N_("resources"),
    N_("role"),
    N_("since"),
    N_("started on"),
    N_("status"),
    N_("target groups"),
    N_("title"),
    N_("until"),
    N_("url"),
)
"""The columns that headings of lists are known for."""

TABLES = (
    N_("actors"),
    N_("offers"),
    N_("practices"),
    N_("applications"),
    N_("alliances"),
    N_("requests"),
    N_("memberships"),
)
"""The tables that a list may be."""

VOCABULARIES = (
    N_("actor kind"),
    N_("alliance kind"),
    N_("alliance role"),
    N_("alliance status"),
    N_("challenge"),
    N_("field"),
    N_("offer kind"),
    N_("offer status"),
    N_("practice status"),
    N_("request status"),
    N_("resource"),
    N_("target group"),
)
"""The vocabularies whose terms stand in lists."""

KINDS_OF_FILES = (
    N_("a ZIP archive or XLSX workbook"),
    N_("a ZIP archive"),
    N_("an old Microsoft Office document"),
    N_("an XLS workbook"),
    N_("a PDF document"),
    N_("a gzip archive"),
    N_("a 7z archive"),
    N_("a RAR archive"),
    N_("a Parquet file"),
    N_("an SQLite database"),
)
"""What is brought by mistake; the core tells it by the first bytes."""
