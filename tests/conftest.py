"""The browser of the stories: the system's Chromium, one for a run, and a fresh profile for each story."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

# In a container its sandbox cannot start, and /dev/shm is small.
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60_000


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    stories = request.config.rootpath / "tests" / "stories"
    assert all(item.path.is_relative_to(stories) for item in request.session.items), (
        "Playwright leaves an event loop on which Django refuses to query: run the stories by themselves,"
        " pytest tests/stories"
    )
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a profile of its own, which leaves this machine for nothing and must not complain."""
    context = browser.new_context(locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []

    def only_here(route: Route) -> None:
        if route.request.url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:")):
            route.continue_()
        else:
            complaints.append(f"asked for {route.request.url}")
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        # A refusal is part of many stories; the browser's own note of its status is not a fault of the page.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    context.route("**/*", only_here)
    page = context.new_page()
    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    if complaints:
        pytest.fail("\n    ".join(["the browser complained:", *complaints]), pytrace=False)


def _chromium() -> str:
    noted = Path(".venv/chromium")
    found = [
        os.environ.get("AFTERSALE_CHROMIUM"),
        noted.read_text(encoding="utf-8").strip() if noted.exists() else None,
        *(shutil.which(name) for name in NAMES),
    ]
    for path in found:
        if path:
            return path
    raise pytest.UsageError("no Chromium: `tools/setup browser` finds or installs one")
