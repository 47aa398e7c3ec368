"""What a writer hands back: one version of a step's texts, with what they rest on and the pattern that they follow."""

from collections.abc import Mapping
from dataclasses import dataclass

from gtm.domain.brief import Fact
from gtm.domain.campaign import Claim
from gtm.playbook.frameworks import Framework

Filled = dict[str, str]
"""Text by variable name, of one version."""

Pools = Mapping[str, list[Fact]]
"""Facts by the name of the step that tells them."""


@dataclass(frozen=True)
class Copy:
    """One version of a step.

    Attributes:
        filled: its texts.
        claims: what they rest on.
        framework: the pattern of its main text.
        patterned: the variables that follow the pattern, so that another version of them may follow another.
    """

    filled: Filled
    claims: tuple[Claim, ...]
    framework: Framework
    patterned: frozenset[str] = frozenset()
