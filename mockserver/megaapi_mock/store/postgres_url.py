"""The URL of a PostgreSQL database, taken apart; its password is in nothing that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from ..errors import SetupError

_SCHEMES = ("postgresql://", "postgres://")
_FORM = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_UNREADABLE = (
    f"the postgresql:// URL of --store cannot be read: write {_FORM}, and in a password %40 for @, "
    "%3A for :, %2F for /, %3F for ?, %23 for #, %25 for %"
)
# Parameters whose values are not shown.
_SECRET = frozenset({"password", "sslpassword", "passfile"})


def is_postgres(url: str) -> bool:
    """Whether it says that it is one."""
    return url.startswith(_SCHEMES)


class PostgresUrl:
    """`name` is the URL as it may be shown; `parameters` are libpq's, the password with them.

    SetupError, which shows nothing of it, where it is not such a URL.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
            query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        except ValueError:
            raise SetupError(_UNREADABLE) from None
        database = unquote(parts.path[1:])
        if not database or parts.fragment or set(database) & set("/@"):
            raise SetupError(_UNREADABLE)
        credentials = {"user": parts.username, "password": parts.password, "host": parts.hostname}
        self.parameters: Mapping[str, str] = {
            **{name: unquote(value) for name, value in credentials.items() if value},
            **({"port": str(port)} if port else {}),
            "dbname": database,
            **dict(query),
        }
        self.name = _name(parts, [each for each in query if each[0] not in _SECRET])

    def __repr__(self) -> str:
        return f"PostgresUrl({self.name})"


def _name(parts: SplitResult, query: list[tuple[str, str]]) -> str:
    _, separator, host = parts.netloc.rpartition("@")
    user = parts.username or ""
    url = f"postgresql://{user}{separator}{host}{parts.path}"
    return f"{url}?{urlencode(query)}" if query else url
