"""Which objections count, and what is remembered; the checkers themselves are tried in tests/integration/connectors."""

from pathlib import Path

import pytest

from gtm.connectors.proofreading.rules import Objection, code_points, slips_of
from gtm.connectors.proofreading.schemas import Findings, Found, ProofreadingSettings, Reading
from gtm.connectors.proofreading.service import ProofreadingService

TEXT = "Shiny osquery teh end"


def objection(word: str, category: str, rule: str = "", text: str = TEXT) -> Objection:
    start = text.index(word)
    return Objection(start, start + len(word), rule, category, f"<suggestion>{word}</suggestion>.", ("the",))


def lt(word: str, rule: str = "MORFOLOGIK_RULE_EN_US", category: str = "TYPOS") -> Objection:
    return objection(word, category, rule)


def harper(word: str, kind: str = "Spelling") -> Objection:
    return objection(word, kind)


@pytest.mark.parametrize(
    ("checkers", "names", "words"),
    [
        ([[lt("teh")], [harper("teh")]], [], ["teh"]),
        ([[lt("osquery")], [harper("osquery")]], ["osquery"], []),
        # One dictionary alone knows too few words of the trade.
        ([[lt("osquery")], []], [], []),
        ([[lt("osquery")]], [], ["osquery"]),
        ([[lt("teh end", "MD_BASEFORM", "GRAMMAR")], []], [], ["teh end"]),
        ([[lt("teh end", "HAVE_A_LOOK", "BRITISH_ENGLISH")], [harper("Shiny", "Style")]], [], []),
        ([[lt("teh end", "A_NNS", "GRAMMAR")], [harper("Shiny", "WordChoice")]], [], []),
        # Found by both, told once.
        ([[lt("teh end", "MD_BASEFORM", "GRAMMAR")], [harper("teh", "Agreement")]], [], ["teh end"]),
    ],
)
def test_what_counts(checkers: list[list[Objection]], names: list[str], words: list[str]) -> None:
    assert [TEXT[s.start : s.end] for s in slips_of(TEXT, checkers, names)] in (words, [w.split()[0] for w in words])


def test_placeholders_and_addresses_are_left_alone() -> None:
    text = "Hi {{ frist_name }}, see https://x.example/teh or write to teh@x.example."
    objections = [
        objection(word, "TYPOS", "MORFOLOGIK_RULE_EN_US", text) for word in ("frist_name", "teh", "teh@x.example")
    ]
    assert slips_of(text, [objections], []) == ()


def test_offsets_in_bytes_become_places_of_the_text() -> None:
    text = "naïve — 🙂 teh"
    assert text[code_points(text, text.encode().index(b"teh")) :] == "teh"


class Counting:
    """Answers each text with one slip and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.running = False

    def start(self) -> None:
        self.running = True

    def ask(self, question: Reading) -> Findings:
        self.asked.append(question.texts)
        return Findings(slips=tuple((Found(0, 1, "a slip", "mend it"),) for _ in question.texts))

    def close(self) -> None:
        self.running = False


def test_a_text_is_read_once_over_processes(tmp_path: Path) -> None:
    file, client = tmp_path / "home" / "proofread.jsonl", Counting()
    first = ProofreadingService(file, client=client).read(["a", "b", "a"], ["Fleet"])
    assert client.asked == [("a", "b")]
    file.write_text(file.read_text() + '["cut off')
    again = ProofreadingService(file, client=client).read(["a", "b"], ["fleet"])
    assert again == first
    assert client.asked == [("a", "b")]
    # Other names, another answer.
    ProofreadingService(file, client=client).read(["a"], ["Life"])
    assert client.asked[1:] == [("a",)]


def test_a_long_cache_is_begun_anew(tmp_path: Path) -> None:
    file, client = tmp_path / "proofread.jsonl", Counting()
    ProofreadingService(file, client=client).read(["a"], [])
    ProofreadingService(file, ProofreadingSettings(cache_bytes=1), client).read(["a"], [])
    assert client.asked == [("a",), ("a",)]
    assert len(file.read_text().splitlines()) == 1


def test_it_is_started_and_ended_when_told() -> None:
    client = Counting()
    service = ProofreadingService(client=client)
    service.prepare()
    assert client.running
    service.close()
    assert not client.running
