"""Patterns of copy: chosen by stage, objective, call to action and turn; told apart by what they begin with."""

import itertools
from typing import get_args

import pytest

from gtm.domain.errors import InvalidInput
from gtm.domain.vocabulary import Cta, Objective
from gtm.playbook.copy import draft_content
from gtm.playbook.frameworks import Framework, FunnelStage, frameworks, stage_of
from gtm.playbook.templates import variable_under_test
from gtm.policies.content import copy_faults
from tests.unit.playbook.test_copy import DATA, FIRST, LIBRARY, POLICIES, STARTS, VENTURES, plan_for

EVERY = list(itertools.product(get_args(FunnelStage), (*get_args(Objective), "of their own"), get_args(Cta), range(4)))


def test_every_choice_ranks_all_four_once() -> None:
    for stage, objective, cta, turn in EVERY:
        assert sorted(frameworks(stage, objective, cta, turn)) == sorted(get_args(Framework))


def test_neighbors_begin_with_another_pattern() -> None:
    for stage, objective, cta, turn in EVERY:
        assert frameworks(stage, objective, cta, turn)[0] != frameworks(stage, objective, cta, turn + 1)[0]


def test_stage_objective_and_call_to_action_decide() -> None:
    assert frameworks("awareness", "lead_generation", "book_demo", 0)[0] == "PAS"
    assert frameworks("consideration", "consideration", "learn_more", 0)[0] == "FAB"
    assert frameworks("action", "conversion", "buy_now", 0)[0] == "AIDA"
    assert frameworks("awareness", "awareness", "start_trial", 0)[0] == "BAB"
    assert (stage_of("problem"), stage_of("proof"), stage_of("linkedin")) == ("awareness", "decision", "awareness")


@pytest.mark.parametrize("count", range(2, 6))
@pytest.mark.parametrize("name", VENTURES)
def test_as_many_versions_as_asked_and_each_another(name: str, count: int) -> None:
    brief, templates, _ = FIRST[name]
    content = draft_content(brief, templates, plan_for(brief), POLICIES, DATA, starts=STARTS, variants=count)
    for piece in content.pieces:
        tested, template = piece.element(piece.tested or ""), templates.template(piece.template_id)
        assert tested and template and [v.label for v in tested.variants] == list("ABCDE"[:count])
        assert not list(copy_faults(piece, template, brief, POLICIES))


def test_a_body_under_test_names_the_pattern_of_each_version() -> None:
    for name in VENTURES:
        for piece in FIRST[name][2].pieces:
            told = piece.framework.split(", ")
            assert set(told) <= set(get_args(Framework))
            assert (
                len(told) == len(set(told)) <= (2 if str(piece.tested).endswith(("_body", "_text", "_caption")) else 1)
            )


def test_a_step_that_tests_what_it_has_not_is_refused() -> None:
    page = next(t for t in LIBRARY if t.type == "landing_page")
    step = page.steps[0]
    assert variable_under_test(page, step) == "hero"
    assert variable_under_test(page, step.model_copy(update={"tested": None})) == "hero"
    with pytest.raises(InvalidInput, match="has nothing to test"):
        variable_under_test(page, step.model_copy(update={"tested": "cta_url"}))
