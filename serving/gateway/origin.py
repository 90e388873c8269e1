"""What counts as one address."""

from __future__ import annotations

import ipaddress


def origin(host: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 network of an IPv6 address, which is one subscriber's."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((address, 64), strict=False))
