"""What all tests share."""

import logging

from hypothesis import settings


def pytest_configure() -> None:
    """In development mode asyncio remarks that a step took a tenth of a second: on a busy machine any may, and tests of
    the log count what the product says. Its other warnings and its errors stay. For the same reason no example of
    hypothesis has a deadline.
    """
    logging.getLogger("asyncio").addFilter(lambda record: not record.getMessage().startswith("Executing <"))
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")
