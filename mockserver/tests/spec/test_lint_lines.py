"""The line of a YAML file where a place of it begins."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from megaapi_mock.spec.lint_lines import line_of, with_lines
from megaapi_mock.spec.lint_rules import LintFinding

TEXT = """\
post:
  summary: Send
  responses:
    '200':
      content:
        application/json:
          schema: {type: object}
  tags:
    - One
    - Two
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("", 1),
        ("post", 1),
        ("post/summary", 2),
        ("post/responses/200", 4),
        # Keys may hold slashes.
        ("post/responses/200/content/application/json/schema", 7),
        ("post/tags/1", 10),
        # The last part that is there.
        ("post/tags/7", 8),
        ("post/responses/404/content", 3),
        ("get/summary", 1),
        ("post/summary/more", 2),
    ],
)
def test_a_place_begins_at_its_last_known_part(place: str, line: int) -> None:
    tree = yaml.compose(TEXT)
    assert tree is not None and line_of(tree, place) == line


def test_findings_get_the_line_of_the_key_they_speak_of(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT)
    (tmp_path / "broken.yaml").write_text("{")
    findings = [
        LintFinding("a.yaml", "post", "tag", "tags 'x' are several"),
        LintFinding("a.yaml", "post", "tag", "the tags are several"),
        LintFinding("a.yaml", "post", "tag", "nothing is known"),
        LintFinding("a.yaml", "", "title-missing", "post is missing"),
        LintFinding("a.yaml", "post/tags", "tag", "known already", 5),
        LintFinding("broken.yaml", "post", "yaml", "cannot be read"),
        LintFinding("gone.yaml", "post", "yaml", "cannot be read"),
    ]
    assert [each.line for each in with_lines(tmp_path, findings)] == [8, 8, 1, 1, 5, 1, 1]
