"""One simulated market, shared by all tests that only read it."""

import pytest

from adwright.config import MarketConfig
from adwright.data.market import Market, make_market


@pytest.fixture(scope="session")
def market() -> Market:
    return make_market(MarketConfig(advertisers=30, tests=200, impressions=4000), 3)
