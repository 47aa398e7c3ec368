"""The six voices are told apart by what is measured: in the playbook's copy, and in texts that were written apart."""

from collections.abc import Callable
from decimal import Decimal
from statistics import mean
from typing import get_args

import pytest

from gtm.domain.vocabulary import BrandVoice
from gtm.policies.voice_measures import measured_complexity, measured_emotion, measured_formality
from tests.unit.policies.support import copy_in, policies

WRITTEN: dict[str, tuple[str, str]] = {
    "professional": (
        "Our service provides municipalities with a reliable overview of road conditions. The assessment is updated "
        "every quarter and supports the allocation of maintenance budgets. Please contact our consultants for an "
        "individual presentation of the results for your region.",
        "The invoice of each month is available in the customer portal. Payment is processed within two days, and a "
        "confirmation is issued for the accounting department. Further information on the terms of the agreement is "
        "provided in the documentation.",
    ),
    "authoritative": (
        "Nine of ten failures in district heating originate in the control of the pumps. This is the conclusion of "
        "twelve years of investigation in forty networks. The consequence for operators is evident: the regulation of "
        "pressure deserves priority over the replacement of pipes.",
        "The legislation leaves no room for interpretation. Every importer is responsible for the verification of "
        "origin, and the obligation of documentation begins with the first shipment. Companies of all sizes are "
        "subject to inspection by the authorities.",
    ),
    "technical": (
        "The agent reads the sensor every second and writes the values to a local log. When the connection drops, it "
        "keeps up to 20,000 records and sends them in order once the server answers. The format is documented, and a "
        "test suite covers each version.",
        "A query runs against an index of the last ninety days. Filters apply before the join, so the number of rows "
        "stays small. The default limit is 1,000 results; set the parameter to change it. Measured on four cores, it "
        "takes 80 milliseconds.",
    ),
    "inspirational": (
        "Every garden begins with a single seed and somebody who believes in it. Imagine the street you could walk "
        "down tomorrow, green from door to door. The first step is small, and the courage to take it is already "
        "yours. Together we grow what no one grows alone.",
        "You have a story that nobody else can tell. Dare to begin it today, with the first page and an open heart. "
        "The road ahead may feel long, yet every mile brings you closer to the dream you never let go.",
    ),
    "friendly": (
        "Hello, and thanks for stopping by. We know that moving house is a lot, so we made it a bit easier. Just tell "
        "us when you need the van, and we will sort out the rest. Feel free to ask us anything, we really like to "
        "help.",
        "You already know how it goes: you look for the recipe, and it is gone again. With us it is just there. Have "
        "a look around, see what you like, and get going whenever it suits you. We are glad you are here.",
    ),
    "playful": (
        "Your socks called. They want to be paired again, and yes, they said please. We got you a drawer that does it "
        "while you nap. No magic, no tiny elves, just a really smug drawer. Guess who wins laundry day?",
        "We could tell you that this pizza is good. Or you could have a bite and look silly with cheese on your chin, "
        "like all of us. Skip the salad, it will never know. Oh, and there is cake, so what are you waiting for?",
    ),
}
"""Written apart from the lists of words and from the playbook, two texts a voice."""

MEASURES: dict[str, Callable[[str], Decimal]] = {
    "formality": measured_formality,
    "emotion": measured_emotion,
    "complexity": measured_complexity,
}
Means = dict[str, dict[str, float]]


def means(texts: dict[str, list[str]], told: str) -> Means:
    found = {
        voice: {name: mean(float(measure(text)) for text in said) for name, measure in MEASURES.items()}
        for voice, said in texts.items()
    }
    for voice, figures in found.items():
        print(f"{told} {voice:14}" + " ".join(f"{name} {value:.2f}" for name, value in figures.items()))
    return found


def told_apart(found: Means, by: float) -> None:
    formal = {voice: figures["formality"] for voice, figures in found.items()}
    emotion = {voice: figures["emotion"] for voice, figures in found.items()}
    assert min(formal["professional"], formal["authoritative"]) > max(formal["friendly"], formal["playful"]) + by
    assert min(emotion["inspirational"], emotion["playful"]) > emotion["technical"] + by


def test_texts_that_were_written_apart_are_told_apart() -> None:
    told_apart(means({voice: list(texts) for voice, texts in WRITTEN.items()}, "written apart:"), by=0.05)


@pytest.mark.parametrize("venture", ["fleet", "life", "posthog"])
def test_the_playbooks_voices_are_told_apart_and_lie_near_their_profiles(venture: str) -> None:
    found = means({voice: copy_in(venture, voice) for voice in get_args(BrandVoice)}, f"{venture}:")
    told_apart(found, by=0.05)
    for voice, figures in found.items():
        profile = policies().voice(voice)
        for name, meant in (("formality", profile.formality), ("emotion", profile.emotion)):
            side = 1 if meant > Decimal("0.5") else -1 if meant < Decimal("0.5") else 0
            # On the profile's side of the middle, or as near to it as a tenth.
            assert side * (figures[name] - 0.5) > -0.1, (voice, name, figures[name], meant)


def test_a_mark_moves_a_measure_at_once_and_a_short_text_little_without_one() -> None:
    assert measured_formality("You're gonna love it, it's super cool, folks.") < Decimal("0.1")
    assert measured_formality("The undersigned hereby acknowledges receipt, pursuant to the provisions.") == 1
    assert Decimal("0.4") < measured_formality("Information on documentation") < Decimal("0.6")
    assert measured_formality("") == measured_emotion("") == Decimal("0.5")
