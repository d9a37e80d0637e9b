"""Serves the reference pages; they are made when somebody reads them, and name this mock."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from ..reference.calls import MOCK
from ..reference.words import ENGLISH, PAGE_LANGUAGES
from ..resources import root
from ..runtime import Api, Setup
from .origin import own_origin
from .ui.pages import pack, send

if TYPE_CHECKING:
    from ..reference.site import Site

# An address that can stand in any of the programs on the pages; another one is not written there.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9._\[\]:-]+")


class ReferencePages:
    """`/docs/reference/` and what is below it."""

    def __init__(self, setup: Setup, api: Api) -> None:
        self._setup, self._api = setup, api

    def blueprint(self) -> Blueprint:
        """Flask routes below /docs/reference."""
        pages = Blueprint("reference", __name__)
        pages.get("/docs/reference", strict_slashes=False)(self.start)
        pages.get("/docs/reference/<path:path>")(self.page)
        return pages

    def start(self) -> Response:
        """To the first page in the reader's language."""
        page_language = request.accept_languages.best_match(
            [ENGLISH.id, *(each.id for each in PAGE_LANGUAGES)]
        )
        target = f"/docs/reference/{page_language or ENGLISH.id}/index.html"
        return Response(status=302, headers={"Location": target, "Vary": "Accept-Language"})

    def page(self, path: str) -> Response:
        """One page, or a file that pages need."""
        try:
            content = self._site.page(path)
        except KeyError:
            raise NotFound from None
        suffix = PurePosixPath(path).suffix
        if suffix == ".html":
            origin = own_origin(self._setup.settings.host)
            if _ORIGIN.fullmatch(origin):
                content = content.replace(MOCK.encode(), origin.encode())
        return send(pack(content, suffix))

    @cached_property
    def _site(self) -> Site:
        # Only here: most mocks are never asked for a page.
        from ..reference.contract import Contract, read_sources
        from ..reference.site import Site

        settings, description = self._setup.settings, self._api.description
        folder = Path(settings.spec) if settings.spec else root("spec")
        return Site(
            Contract(
                description.document,
                self._api.operations,
                description.events,
                read_sources(folder),
                self._setup.samples,
            )
        )
