"""The report on published examples, as `docs/published-report.md` has it; run as a script it writes the file anew."""

from pathlib import Path

from tutor.results.audit import audit

REPORT = Path(__file__).parent.parent / "docs" / "published-report.md"
COURSE = "published"


def write_report():
    return audit(COURSE).to_markdown()


if __name__ == "__main__":
    REPORT.write_text(write_report(), "utf-8")
