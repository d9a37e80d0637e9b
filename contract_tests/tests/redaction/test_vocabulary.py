"""Words that a report may show: those of the contract, of the suite and of the mock, whole."""

from __future__ import annotations

from pathlib import Path

import megaapi_contract
import megaapi_mock
import pytest
from megaapi_contract.redaction.vocabulary import WORD, Vocabulary

PACKAGES = [Path(megaapi_contract.__file__).parent, Path(megaapi_mock.__file__).parent]
MODULES = [file for package in PACKAGES for file in sorted(package.rglob("*.py"))]


@pytest.mark.parametrize("module", MODULES, ids=lambda file: "/".join(file.parts[-3:]))
def test_words_of_every_module_may_be_shown(module: Path, vocabulary: Vocabulary) -> None:
    words = {word.lower() for word in WORD.findall(module.read_text(encoding="utf-8"))}
    assert words <= vocabulary.words


def test_what_a_person_would_write_may_not_be_shown(vocabulary: Vocabulary) -> None:
    assert not {"bartholomea", "quetzalcoatl", "hunter"} & vocabulary.words
