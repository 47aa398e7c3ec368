"""A venture's pages over HTTP: the server with the store behind it, and what a page that can be shown holds."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import SQLModel, select

from gtm.policies.accessibility import accessibility_faults
from gtm.store.database import Database

PAGE = "/p/fleet/fleet-landing-page/it-platform"
SESSION = "/p/fleet/fleet-webinar-funnel/it-platform"
LINK = {"utm_source": "linkedin", "utm_campaign": "2026-01-li-Ads", "utm_id": "20987654321", "gclid": "Cj0KCQ_x-1"}
ADA = {"email": "Ada@Example.test ", "first_name": "Ada", "company": "Lovelace & Sons", "consent": "yes"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Site:
    """The server, and the store behind it."""

    def __init__(self, client: TestClient, database: Database) -> None:
        self.client, self.database = client, database

    def rows(self, model: type[SQLModel]) -> list[Any]:
        with self.database.read() as session:
            return list(session.exec(select(model)))

    def get(self, path: str, **query: str) -> Response:
        return self.client.get(path, params=query)

    def post(self, fields: dict[str, str], path: str = f"{PAGE}/a") -> Response:
        return self.client.post(path, data=fields)


class Page(HTMLParser):
    """What stands in a page: tags with their attributes, in order, and the text of headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def hidden(self) -> dict[str, str | None]:
        return {str(i["name"]): i["value"] for i in self.all("input") if i.get("type") == "hidden"}


def sound(answer: Response) -> Page:
    """The page, which runs nothing, fetches nothing and can be read by a screen reader."""
    page = Page(answer.text)
    assert accessibility_faults(answer.text) == ()
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script" not in policy
    assert not [tag for tag, _ in page.tags if tag in ("script", "img", "iframe", "object", "svg")]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"]
    (lang,) = [attributes["lang"] for attributes in page.all("html")]
    assert lang in ("en", "ar", "he")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    labelled = {attributes.get("for") for attributes in page.all("label")}
    fields = [i for i in (*page.all("input"), *page.all("textarea")) if i.get("type") != "hidden"]
    assert all(field["id"] in labelled for field in fields)
    return page
