"""The button of an ad where its network offers a closed list: the value that says most of what the offer asks.

Which values a network takes stands in config/policies.yaml (`ad_limits`); a network without a list takes any words.
"""

from collections.abc import Collection, Mapping

from gtm.domain.vocabulary import Cta

_WISHES: Mapping[Cta, tuple[str, ...]] = {
    "book_demo": ("Request Demo", "Book Now", "Contact Us", "Sign Up"),
    "start_trial": ("Sign Up", "Get Started", "Download"),
    "download_resource": ("Download",),
    "register_webinar": ("Register", "Attend", "Sign Up", "Book Now"),
    "contact_sales": ("Contact Us", "Get Quote", "Request Demo", "View Quote"),
    "learn_more": ("Learn More",),
    "buy_now": ("Buy Now", "Shop Now", "Order Now"),
}
"""What is asked → the values that say it, best first."""
_WAITING = ("Join", "Sign Up", "Subscribe")
_ANY = "Learn More"
"""Says nothing of the act, and every network that has a list takes it."""


def ad_buttons(cta: Cta, taken: Collection[str], *, waits: bool = False) -> list[str]:
    """The values of a network that fit, best first; at least one.

    Args:
        cta: what the ad asks for.
        taken: the values that the network takes.
        waits: whether there is a waiting list and nothing else yet.
    """
    wishes = [one for one in (_WAITING if waits else _WISHES[cta]) if one in taken]
    plain = [one for one in (_ANY, "Sign Up") if one in taken and one not in wishes]
    return [*wishes, *plain] or list(taken)
