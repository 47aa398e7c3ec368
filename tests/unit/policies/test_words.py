"""The likeness of two texts, and their sentences."""

from gtm.policies.words import sentences, similarity, stems


def test_likeness_sees_past_endings_and_small_words() -> None:
    assert similarity("managing the devices", "It manages a device.") == 1
    assert similarity("managing devices", "calendar and money") == 0
    assert similarity("", "anything") == 1
    assert "every" in stems("every OS")


def test_sentences_without_their_marks() -> None:
    assert list(sentences("One. Two!\n\nThree?")) == ["One", "Two", "Three"]
