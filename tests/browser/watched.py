"""A browser page of which is known what it asked the network for, and what its console said."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Route

LOCAL = {"127.0.0.1", "localhost"}


class WatchedPage:
    """`page` is Playwright's. `external` are the addresses on other machines that it asked for, none of which was
    reached; `errors` are exceptions and errors on its console.
    """

    def __init__(self, context: BrowserContext, folder: Path, name: str) -> None:
        self.external: list[str] = []
        self.errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", self._raised)
        self.page.route(re.compile("^https?:"), self._asked)
        self._folder = folder
        self._name = re.sub(r"[^\w.-]+", "-", name)

    def screenshot(self, what: str, full_page: bool = False) -> Path:
        """Keep what is seen now as a PNG for people, and give its path."""
        path = self._folder / f"{self._name}-{what}.png"
        self.page.screenshot(path=path, full_page=full_page)
        return path

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _raised(self, error: Error) -> None:
        self.errors.append(str(error))

    def _asked(self, route: Route) -> None:
        if urlsplit(route.request.url).hostname in LOCAL:
            route.continue_()
            return
        self.external.append(route.request.url)
        route.abort()
