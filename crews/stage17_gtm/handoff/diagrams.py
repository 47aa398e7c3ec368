"""Workflow diagrams inside the page: our own SVG, checked once more before it stands there unescaped."""

import re
from xml.etree import ElementTree

from markupsafe import Markup

from gtm.automation.diagram import svg
from gtm.domain.errors import ProposalRefused
from gtm.domain.workflow import WorkflowDefinition
from gtm.domain.workflow_graph import Labels

_DRAWN = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan")
_TAGS = frozenset({"svg", "g", "defs", "marker", "title", "desc", "style", *_DRAWN})
_SVG = "{http://www.w3.org/2000/svg}"


def inline_svg(workflow: WorkflowDefinition, labels: Labels) -> Markup:
    """The workflow's diagram as markup that can stand in a page beside others.

    Ids get the workflow's name in front, because two diagrams of one page would otherwise share their arrowheads.

    Raises:
        ProposalRefused: the drawing holds something that a drawing does not need, such as a script or a link.
    """
    text = svg(workflow, labels)
    _refuse_active(workflow.workflow_id, text)
    text = re.sub(r"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>", "", text).strip()
    text = re.sub(r'\bid="([^"]+)"', rf'id="{workflow.workflow_id}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{workflow.workflow_id}-\1)", text)
    text = re.sub(
        r'(aria-(?:labelledby|describedby))="([^"]+)"',
        lambda m: f'{m.group(1)}="{" ".join(f"{workflow.workflow_id}-{one}" for one in m.group(2).split())}"',
        text,
    )
    return Markup(text)  # noqa: S704 - every element and attribute was checked above


def _refuse_active(workflow_id: str, text: str) -> None:
    root = ElementTree.fromstring(text)  # noqa: S314 - our own drawing, a few kilobytes, no entities
    for element in root.iter():
        tag = element.tag.removeprefix(_SVG)
        named = [name for name in element.attrib if name.startswith("on") or "href" in name]
        outside = "@import" in (element.text or "") if tag == "style" else False
        if tag not in _TAGS or named or outside:
            raise ProposalRefused(
                f"the diagram of {workflow_id} holds <{tag}{' ' + named[0] if named else ''}>", field="diagram"
            )
