"""Whom a request came from, as well as the server knows: for counting alone, in memory; no record has it."""

import ipaddress

from consent.asgi.visit import Visit


def client_of(visit: Visit) -> str:
    """The address of the client; empty where the server does not know it.

    The server's word (``scope["client"]``), unless that is a machine of one's own network, which is a proxy: then the
    last address it names, the only one a visitor cannot make up. A network of IPv6 counts as one client.
    """
    client = visit.scope.get("client")
    peer = str(client[0]) if isinstance(client, list | tuple) and client else ""
    named = visit.text(b"x-forwarded-for").rpartition(",")[2].strip()[:64]
    if not named and ":" not in peer:  # nearly always: an address of IPv4 is a client as it stands
        return peer
    address = _address(peer)
    if named and (address is None or not address.is_global):
        peer, address = named, _address(named) or _address(_without_port(named))
    if address is None:
        return peer
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def _without_port(named: str) -> str:
    """Some proxies name the socket, ``192.0.2.1:4711`` or ``[2001:db8::1]:4711``: each connection would be a client."""
    return named[1:].partition("]")[0] if named.startswith("[") else named.partition(":")[0]


def _address(peer: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """A socket of IPv6 names clients of IPv4 inside ``::ffff:0:0/96``: as one network all would share a bucket."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return None
    return (address.ipv4_mapped if address.version == 6 else None) or address
