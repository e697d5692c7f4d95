"""Each list of sources is written once in a document, and documents of the first form are read."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import orjson
from tests.storage.examples import NOW, company, email_point, enrichment, person, said, source

from roleferry_enrich.domain.records import FieldValue
from roleferry_enrich.storage.documents import encode
from roleferry_enrich.storage.sourced import (
    enrichment_document,
    fields_document,
    read_enrichment,
    read_fields,
)

AGREED = (source("acme"), source("beta"))
ALONE = (source("gamma", NOW - timedelta(days=40)),)


def by(sources, value="Ada") -> FieldValue:
    return replace(said(value), sources=sources)


def stored(document):
    """As PostgreSQL gives it back."""
    return orjson.loads(encode(document))


def test_values_of_the_same_sources_share_one_list():
    fields = {"first_name": by(AGREED), "title": by(ALONE), "last_name": by(AGREED)}

    document = fields_document(fields)

    assert document["sources"] == [AGREED, ALONE]
    assert [field["sources"] for field in document["fields"].values()] == [0, 1, 0]


def test_lists_of_the_same_sources_are_one():
    document = fields_document({"title": by(AGREED), "city": by((AGREED[0], AGREED[1]))})

    assert document["sources"] == [AGREED]


def test_fields_read_back_as_they_were():
    fields = {"first_name": by(AGREED), "title": by(ALONE), "technologies": by(AGREED, ("a", "b"))}

    assert read_fields(stored(fields_document(fields))) == fields
    assert read_fields(stored(fields_document({}))) == {}


def test_an_enrichment_reads_back_as_it_was():
    ada = person("Ada Lovelace", points=(email_point("ada@engines.test", sources=AGREED),))
    known = enrichment(uuid4(), person=ada, company=company(), executives=(ada, person("Eve")))

    assert read_enrichment(stored(enrichment_document(known))) == known


def test_an_enrichment_that_found_nothing_reads_back_as_it_was():
    nothing = enrichment(uuid4())

    assert read_enrichment(stored(enrichment_document(nothing))) == nothing


def test_documents_of_the_first_form_are_read():
    known = enrichment(uuid4(), person=person("Ada", "ada@engines.test"), company=company())
    fields = {"first_name": by(AGREED), "title": by(ALONE)}

    assert read_enrichment(stored(known)) == known
    assert read_fields(stored(fields)) == fields
