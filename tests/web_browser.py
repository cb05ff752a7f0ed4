"""Debian's Chromium, driven by Playwright, for the tests of pages; a server in a process of its own."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest


def need_browser():
    """Skip where Playwright, axe or Chromium is missing; under TUTOR_NEEDS_BROWSER=1 that is a failure."""
    missing = [name for name in ("playwright", "axe_playwright_python") if not is_there(name)]
    missing += [] if find_chromium() else ["chromium"]
    if missing and os.environ.get("TUTOR_NEEDS_BROWSER"):
        pytest.fail(f"missing: {missing}")
    if missing:
        pytest.skip(f"missing: {missing}", allow_module_level=True)


def is_there(name):
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def find_chromium():
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def run_chromium():
    """A browser that asks nobody but the server."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=options)
        yield browser
        browser.close()


@contextmanager
def run_server(folder, *options):
    """``tutor serve`` at a free port: its address, and what it said."""
    command = [sys.executable, "-m", "tutor", "serve", "--port", "0", "--database", str(folder / "p.sqlite"), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        lines = []
        try:
            while not re.search(r"http://[\d.]+:\d+/$", (line := process.stdout.readline()).strip()):
                assert line, lines
                lines.append(line)
            address = re.search(r"(http://[\d.]+:\d+)/", line)[1]
            if "--class" in options:
                lines.append(process.stdout.readline())
            yield address, lines
        finally:
            process.terminate()
            process.wait(60)
