"""What all tests share."""

import logging


def pytest_configure() -> None:
    """In development mode asyncio remarks that a step took a tenth of a second: on a busy machine any may, and tests of
    the log count what the product says. Its other warnings and its errors stay.
    """
    logging.getLogger("asyncio").addFilter(lambda record: not record.getMessage().startswith("Executing <"))
