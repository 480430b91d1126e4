"""Draw the pictures of tools/pictures.toml into docs/pictures/, from a demo marketplace of their own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import django
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


def main() -> int:
    pictures: list[dict[str, Any]] = tomllib.loads((ROOT / "tools/pictures.toml").read_text())["picture"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as var:
        os.environ["AFTERSALE_VAR"] = var
        with _demo() as address:
            # Before the browser starts: its event loop keeps Django from querying.
            cookies = {who: _signed_in(who) for who in {picture.get("who", "") for picture in pictures}}
            with sync_playwright() as playwright:
                chromium = (ROOT / ".venv/chromium").read_text().strip()
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                for picture in pictures:
                    _draw(browser, picture, address, cookies[picture.get("who", "")])
                browser.close()
    return 0


@contextmanager
def _demo() -> Iterator[str]:
    command = [sys.executable, "-m", "aftersale", "demo"]
    demo = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, start_new_session=True)
    assert demo.stdout is not None
    said = []
    try:
        for line in demo.stdout:
            said.append(line)
            if found := ADDRESS.search(line):
                Thread(target=demo.stdout.read, daemon=True).start()  # a full pipe would stop it
                yield found[0]
                break
        else:
            sys.exit(f"screenshots: the demo ended before it named its address:\n{''.join(said)}")
    finally:
        os.killpg(demo.pid, signal.SIGINT)  # as Ctrl-C does
        demo.wait(timeout=30)


def _signed_in(who: str) -> dict[str, str]:
    if not who:
        return {}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
    django.setup()
    from django.test import Client  # noqa: PLC0415 - needs the settings

    from aftersale.accounts.models import User  # noqa: PLC0415 - the same

    key = "email" if "@" in who else "role"
    person = User.objects.filter(**{key: who}).order_by("pk").first()
    if person is None:
        sys.exit(f"screenshots: the demo has no `{who}`")
    client = Client()
    client.force_login(person)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def _act(page: Page, picture: dict[str, Any]) -> None:
    """Fill, choose and click as the picture says, before it is drawn."""
    for name, value in picture.get("fill", {}).items():
        page.locator(f"[name='{name}']").fill(value)
    for name, value in picture.get("choose", {}).items():
        page.locator(f"[name='{name}'][value='{value}']").check()
    for selector in picture.get("click", []):
        page.locator(selector).first.click()
        page.wait_for_load_state()
    if selector := picture.get("until"):
        page.locator(selector).first.wait_for()
    if picture.get("choose"):
        page.locator("h1").click()  # so that nothing has the focus
    if selector := picture.get("scroll"):
        page.locator(selector).first.evaluate("e => window.scrollTo(0, e.getBoundingClientRect().top - 12)")


def _draw(browser: Browser, picture: dict[str, Any], address: str, cookies: dict[str, str]) -> None:
    context = browser.new_context(
        viewport=ViewportSize(width=390 if picture.get("phone") else 1280, height=picture.get("height", 800)),
        color_scheme="dark" if picture.get("dark") else "light",
        device_scale_factor=2 if picture.get("phone") else 1,
        reduced_motion="reduce",
    )
    carried = cookies | {"django_language": picture.get("language", "en")}
    context.add_cookies([{"name": n, "value": v, "url": address} for n, v in carried.items()])
    page = context.new_page()
    answer = page.goto(f"{address}{picture['path']}")
    if answer is None or answer.status >= 400:
        sys.exit(f"screenshots: {picture['path']} answers {answer and answer.status}")
    _act(page, picture)
    target = FOLDER / f"{picture['name']}.png"
    page.screenshot(path=target, full_page=bool(picture.get("full")))
    print(f"{target.relative_to(ROOT)} {target.stat().st_size // 1024} kB")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
