"""Providers by name, as the site's operator has set them up."""

from collections.abc import Callable

import pytest

from review.remote.errors import EndpointRefused
from review.remote.providers import LABELS, MAKERS, NEEDED, Site, provider_make
from tests.review.remote.conftest import DAY


@pytest.mark.parametrize("slug", MAKERS)
def test_a_provider_that_nobody_set_up_says_what_to_set(site: Callable[..., Site], slug: str):
    with pytest.raises(EndpointRefused, match=rf"no {LABELS[slug]}: its operator sets {NEEDED[slug]}\."):
        provider_make(slug, site(), DAY)


def test_a_provider_that_does_not_exist_is_named(site: Callable[..., Site]):
    with pytest.raises(EndpointRefused, match="no provider 'horoscope'"):
        provider_make("horoscope", site(), DAY)
