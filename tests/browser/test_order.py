"""Stands between two modules that drive a browser, and drives none itself."""

import asyncio


def test_no_event_loop_is_left_running():
    asyncio.run(asyncio.sleep(0))
