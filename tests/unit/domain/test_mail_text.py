"""A mail's words in plain text and in HTML, on template sources."""

from gtm.domain.mail_text import as_html, direction, escaped, language, plain_text, rewrapped, small_print, wrapped
from gtm.domain.rendering import inlined, render

LONG = (
    "Every host that you manage answers the same questions in the same words, whatever it runs on, and keeps doing so."
)


def test_lines_are_wrapped_and_an_address_stays_whole_on_its_own_line() -> None:
    url = "https://fleetdm.com/demo?utm_source=newsletter&utm_medium=email&utm_campaign=a-very-long-name-of-a-campaign"
    lines = wrapped(f"{LONG}\n\nBook a demo: {url}").split("\n")
    assert max(len(line) for line in lines[:-1]) <= 72 and lines[-2:] == ["Book a demo:", url]
    assert " ".join(lines[:2]) == LONG


def test_list_items_hang_and_placeholders_are_never_torn() -> None:
    lines = wrapped("- " + LONG).split("\n")
    assert lines[1].startswith("  ") and len(lines) == 2
    text = wrapped("x " * 34 + "{{ first_name }} and more of it")
    assert "{{first_name}}" in text
    assert all(line.count("{{") == line.count("}}") for line in text.split("\n"))


def test_addresses_within_a_sentence_are_numbered_and_listed() -> None:
    text = plain_text(
        ("See https://a.test/x, then https://b.test/y and https://a.test/x again.", "", "Forward it."), "Us"
    )
    assert "See [1], then [2] and [1] again." in text
    assert "Links:\n[1] https://a.test/x\n[2] https://b.test/y" in text
    assert text.endswith("\n\n-- \nUs\n") and "Forward it." in text


def test_a_long_name_wraps_its_line_again() -> None:
    filled = render("Coming with others from {{company}}? Forward this email to them.", {"company": "Aa Bb " * 10})
    assert max(len(line) for line in rewrapped(filled).split("\n")) <= 72
    assert rewrapped("short") == "short"


def test_a_long_address_alone_on_its_line_keeps_no_other_line_from_being_wrapped() -> None:
    address = f"https://acme.test/{'a' * 90}"
    assert rewrapped(f"{LONG[:78]}\n{address}") == f"{LONG[:78]}\n{address}"
    told = rewrapped(f"{LONG}\n{address}\nshort ").split("\n")
    assert told[-2:] == [address, "short "] and max(map(len, told[:-2])) <= 72


def test_html_has_paragraphs_lists_and_links_and_escapes_the_rest() -> None:
    made = as_html("Hi {{ first_name }} & co,\n\nWhy:\n- a <b>\n- c\n\nYour link: {{ join_url }}")
    assert made.startswith('<p dir="auto" style="margin:0 0 16px">Hi {{ first_name }} &amp; co,</p>')
    assert ">a &lt;b&gt;</li>" in made and made.count("<li") == 2
    # An address on a line of its own is a link on the words before it; within a sentence it is shown.
    assert '<a href="{{ join_url }}" style="color:#1d4ed8">Your link</a>' in made
    assert ">{{ join_url }}</a> now" in as_html("Go to {{ join_url }} now")
    named = as_html("{{ join_label }}: {{ join_url }}")
    assert '<a href="{{ join_url }}" style="color:#1d4ed8">{{ join_label }}</a>' in named
    assert escaped('{{ x|default("<") }} "q"') == '{{ x|default("<") }} &quot;q&quot;'


def test_small_print_puts_links_on_their_words() -> None:
    made = small_print("{{ postal_address }}\nUnsubscribe: {{ unsubscribe_url }}\nA < b: no link")
    assert made == (
        '<p dir="auto" style="margin:0">{{ postal_address }}</p>'
        '<p dir="auto" style="margin:0"><a href="{{ unsubscribe_url }}" style="color:#57606a">Unsubscribe</a></p>'
        '<p dir="auto" style="margin:0">A &lt; b: no link</p>'
    )


def test_the_direction_is_that_of_most_letters_and_placeholders_do_not_count() -> None:
    assert direction("مرحبا Fleet بكم في منصتنا {{ first_name }}") == "rtl"
    assert direction("Hello שלום to all of you") == "ltr" and direction("🚀 123") == "ltr"
    assert (language("Hello"), language("שלום לכולם"), language("مرحبا بكم")) == ("en", "he", "ar")


def test_what_is_written_into_a_template_never_becomes_part_of_its_language() -> None:
    sly = "{{ unsubscribe_url }} {% for x in y %} {# gone #} {"
    text = inlined("{{ email_body }}{{ first_name }}", {"email_body": sly})
    assert render(text, {"first_name": "Ada"}) == sly + "Ada"
    kept = inlined("{{ a|upper }} {% if a %}{{ a }}{% endif %}", {"a": "x"})
    assert render(kept, {"a": "x"}) == "X x"


def test_a_line_that_the_template_marks_stands_out_in_html_and_is_a_plain_line_in_text() -> None:
    source = "Hi {{ first_name }},\n\n## Your week & what it cost\nLook at it.\n\nBye"
    made = as_html(source)
    assert "font-weight:bold" in made.split("Look at it.")[0] and ">Your week &amp; what it cost</p>" in made
    assert made.count("font-weight:bold") == 1 and "##" not in made
    assert plain_text([source], "").startswith("Hi {{first_name}},\n\nYour week & what it cost\nLook at it.\n\nBye")
