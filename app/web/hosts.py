"""Where the server listens, and whether whoever reaches it there needs an account."""

from __future__ import annotations

from app.services.entry import Services
from core.addresses import is_loopback
from core.errors import ConfigurationError


def needs_accounts(services: Services, host: str) -> bool:
    """Whether people have to sign in: when others than this machine reach the address, or a proxy brings them there."""
    wanted = services.settings.server
    return not is_loopback(host.strip("[]")) or bool(wanted.names or wanted.proxies or wanted.https)


def require_an_admin(services: Services) -> None:
    """ConfigurationError where nobody could sign in as an admin."""
    if not any(a.role == "admin" and not a.disabled_at for a in services.people.accounts()):
        raise ConfigurationError(
            "others than this machine will reach the server, so people have to sign in, and there is no admin yet:"
            " make one with `molwright people add NAME --role admin`"
        )


def warnings(services: Services, host: str) -> list[str]:
    """What an operator should know before others come in."""
    wanted, found = services.settings.server, []
    if not is_loopback(host.strip("[]")) and not wanted.https:
        found.append(
            "passwords and tokens cross the network in clear: put a reverse proxy with TLS before it and set server.https (docs/people.md)"
        )
    if not wanted.names and not is_loopback(host.strip("[]")):
        found.append("server.names is empty, so the server answers to its IP address alone; give the names by which it is to be reached")
    return found
