"""Pages in a browser without a window: what a script that a test adds to a page finds out."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str:
    """The path of a browser; its tests run where `TUTOR_NEEDS_BROWSER` says so, and there a missing one is a failure."""
    if not os.environ.get("TUTOR_NEEDS_BROWSER"):
        pytest.skip("set TUTOR_NEEDS_BROWSER=1 to look at pages in Chromium")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("Chromium is missing, and under TUTOR_NEEDS_BROWSER=1 that is a failure")
    return found


HARNESS = """<!doctype html><meta charset="utf-8"><iframe id="page" width="{width}" height="900" srcdoc="{page}"></iframe>
<script>
document.getElementById("page").onload = async event => {{
  const view = event.target.contentWindow, page = view.document;
  await page.fonts.ready;
  const found = ({script})(page, view);
  document.body.append(Object.assign(document.createElement("pre"), {{id: "found", textContent: JSON.stringify(found)}}));
}};
</script>"""


def measure_page(text: str, script: str, folder, width: int = 390):
    """What ``script``, a JavaScript function of the document and its window, gives for a page that is so many pixels wide."""
    file = folder / "harness.html"
    file.write_text(HARNESS.format(width=width, page=html.escape(text), script=script), "utf-8")
    command = [find_browser(), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env={**os.environ, "HOME": str(folder)})
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr
    return json.loads(html.unescape(found[1]))
