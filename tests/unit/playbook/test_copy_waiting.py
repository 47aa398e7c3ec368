"""The button of a page that opens before there is anything to start."""

from tests.unit.playbook.test_copy import FIRST, copy_of


def test_a_page_that_opens_before_its_product_asks_to_join_the_list() -> None:
    _, _, content = FIRST["life"]
    pages = [p for p in content.pieces if p.template_id == "life-landing-page"]
    assert pages and all(p.element("cta_text").text("A") == "Join the waiting list" for p in pages)
    others = [p for p in content.pieces if p.template_id != "life-landing-page"]
    assert not [p for p in others if "list" in copy_of(p).lower().split()]
