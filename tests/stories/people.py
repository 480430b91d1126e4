"""Browsers for the people of the stories: each in a profile of its own, each watched for complaints."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from aftersale.accounts.models import User
from tests.stories.site import PASSWORD, Site

PATIENCE = 60_000
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@dataclass
class People:
    """Opens browsers, and keeps what they complain about."""

    browser: Browser
    site: Site
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def visitor(self, *, language: str = "en", by_name: bool = False, **options: Any) -> Page:
        """Somebody who has not signed in; at localhost where the site is to have a name."""
        locale = "zh-CN" if language == "zh-hans" else "en-GB"
        address = self.site.address_by_name if by_name else self.site.address
        context = self.browser.new_context(base_url=address, locale=locale, timezone_id="UTC", **options)
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._stay_here)
        return page

    def signed_in(self, person: User, **options: Any) -> Page:
        """Somebody who signed in before the story begins."""
        page = self.visitor(**options)
        session = self.site.cookie_of(person)
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": self.site.address}])
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _listen(self, message: ConsoleMessage) -> None:
        # A refusal is part of many stories; the browser's own note of its status is not a fault of the page.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _stay_here(self, request: Request) -> None:
        ours = (self.site.address, self.site.address_by_name)
        if not request.url.startswith((*ours, "data:", "blob:", "about:")):
            self.complaints.append(f"asked for {request.url}")


def sign_in(page: Page, person: User) -> None:
    """By the form, with the password."""
    page.goto("/")
    page.get_by_role("link", name="Sign in").first.click()
    form = page.get_by_role("region", name="Use my password")
    form.get_by_role("textbox", name="Email").fill(person.email)
    form.get_by_role("textbox", name="Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()


def choose(page: Page, line: int, units: int, reason: str) -> None:
    """So many units of a line, for a reason."""
    page.locator(f"[name=units-{line}-1]").fill(str(units))
    page.locator(f"[name=reason-{line}-1][value={reason}]").check()


def faults(page: Page, only: str = "") -> list[str]:
    """What axe finds wrong with the page as it stands, by all its rules or by one."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if only:
        options["runOnly"] = {"type": "rule", "values": [only]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{page.url} {v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


def faults_along(page: Page, paths: Iterable[str]) -> list[str]:
    """What is wrong with the page at each path, in light and in dark, and where it is too wide."""
    found: list[str] = []
    for path in paths:
        answer = page.goto(path)
        assert answer and answer.status == 200, path
        found += faults(page)
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(250)
        found += faults(page, only="color-contrast")
        page.emulate_media(color_scheme="light")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{path} is wider than the screen by {wide}"] if wide > 0 else []
    return found


def look_again(page: Page, there: Callable[[], object]) -> None:
    """Load the page again until the worker has done its part; what follows says what it is."""
    for _ in range(PATIENCE // 500):
        if there():
            return
        page.wait_for_timeout(500)
        page.reload()


def says(page: Page, words: str) -> None:
    """Wait, loading the page again, for what the worker's part makes it say."""
    look_again(page, lambda: words in page.locator("main").inner_text())
    expect(page.locator("main")).to_contain_text(words)
