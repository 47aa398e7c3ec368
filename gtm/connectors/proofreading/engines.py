"""The checkers themselves; only their own process builds them, as the larger takes 430 MB and some seconds."""

from collections.abc import Callable, Iterator

from gtm.connectors.proofreading.rules import Objection, code_points

Checker = Callable[[str], Iterator[Objection]]


def build() -> dict[str, Checker]:
    """The checkers that are installed, by name; empty where none is."""
    makers = {"lingotweaker": _lingotweaker, "harper": _harper}
    found = {}
    for name, make in makers.items():
        try:
            found[name] = make()
        except ImportError:
            continue
    return found


def _lingotweaker() -> Checker:
    import lt_py

    engine = lt_py.Engine("en-US")

    def check(text: str) -> Iterator[Objection]:
        for match in engine.check(text):
            start, end = (code_points(text, place) for place in (match["offset"], match["offset"] + match["length"]))
            yield Objection(
                start, end, match["rule_id"], match["category_id"], match["message"], tuple(match["suggestions"])
            )

    return check


def _harper() -> Checker:
    import harper

    # Not safe for several threads at once; the process has one.
    linter = harper.Linter(harper.Dialect.AMERICAN)

    def check(text: str) -> Iterator[Objection]:
        for lint in linter.lint(text, language="plaintext"):
            suggestions = tuple(one.replacement_text for one in lint.suggestions)
            yield Objection(lint.span.start, lint.span.end, "", lint.lint_kind, lint.message, suggestions)

    return check
