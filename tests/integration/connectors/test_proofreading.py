"""The language checkers in their own process, on planted sentences and on the drafts of the example ventures."""

from collections.abc import Iterator

import pytest

from gtm.connectors.proofreading.client import ProofreadingClient
from gtm.connectors.proofreading.schemas import ProofreadingSettings, Reading
from gtm.connectors.proofreading.service import ProofreadingService, installed
from gtm.policies.claims import known_names
from gtm.policies.piece_checks import grammar_faults
from tests.unit.policies.planted import Entry, measured, piece_of, planted
from tests.unit.policies.support import brief, drafts

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not installed(), reason="the extra `language` is not installed"),
]


@pytest.fixture(scope="module")
def service() -> Iterator[ProofreadingService]:
    made = ProofreadingService()
    made.prepare()
    yield made
    made.close()


def test_planted_slips_are_found_and_correct_copy_is_left_alone(service: ProofreadingService) -> None:
    texts = [entry["text"] for kind in planted("grammar").values() for entry in kind]
    read = service.read(texts, known_names(brief()))

    def spans(entry: Entry) -> list[str]:
        return [fault.span for fault in grammar_faults(piece_of(entry), brief(), read)]

    outcome = measured("grammar", spans)
    print(outcome.told())
    assert (outcome.planted, outcome.correct) == (20, 20)
    assert outcome.false == ()
    assert outcome.found >= 17, outcome.told()


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_the_drafts_of_the_example_ventures_pass(service: ProofreadingService, name: str) -> None:
    pieces = drafts(name).content.pieces
    texts = [v.text for piece in pieces for element in piece.elements for v in element.variants]
    read = service.read(texts, known_names(brief(name)))
    told = [fault.sentence() for piece in pieces for fault in grammar_faults(piece, brief(name), read)]
    assert told == []


def test_spans_are_code_points_whatever_stands_before(service: ProofreadingService) -> None:
    text = "Søren’s café — naïve 🙂 — keeps track of of every change."
    (slip,) = service.read([text], ["søren"])[text]
    assert text[slip.start : slip.end] == "of of"


def test_it_starts_again_after_it_was_closed(service: ProofreadingService) -> None:
    service.close()
    text = "Keep track of of every device."
    assert service.read([text], [])[text]


def test_a_process_that_is_gone_is_told() -> None:
    client = ProofreadingClient(ProofreadingSettings())
    client.start()
    assert client.running
    client.close()
    assert not client.running
    assert client.ask(Reading(texts=("The the end.",))).slips[0]
    client.close()
