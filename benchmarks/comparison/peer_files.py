"""What each peer is told about the operation that all serve: the files it reads at its start.

Everything comes from the contract in one file: the schema of a body, and the example of an answer.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from servers import TOKEN

Json = Mapping[str, Any]

_SEND_PATH = "/rest/sendMessage/{instance_key}/text"
_STATUS_PATH = "/rest/instance/{instance_key}"
_JSON = "application/json"
# json-server looks through everything it has for each new item: more would slow it down.
KEPT_BY_JSON_SERVER = 1_000

_BOUNDED = """\
// Keeps the newest messages only: each POST looks through all there are.
module.exports = (request, response, next) => {
  const messages = request.app.db.get("messages").value();
  if (messages.length >= %d) messages.length = 0;
  next();
};
"""


class Contract:
    """The two operations of the comparison, as the contract in one file has them."""

    def __init__(self, path: Path) -> None:
        self._document: Json = json.loads(path.read_text(encoding="utf-8"))
        self.path = path

    @property
    def body_schema(self) -> Json:
        """The schema of a text's body, without references."""
        content = self._operation(_SEND_PATH, "post")["requestBody"]["content"][_JSON]
        schema: Json = self._whole(content["schema"])
        return schema

    @property
    def sent(self) -> Json:
        """The answer to a text."""
        return self._example(_SEND_PATH, "post")

    @property
    def status(self) -> Json:
        """The answer to a question for the instance's state."""
        return self._example(_STATUS_PATH, "get")

    def _operation(self, path: str, method: str) -> Json:
        operation: Json = self._document["paths"][path][method]
        return operation

    def _example(self, path: str, method: str) -> Json:
        content = self._operation(path, method)["responses"]["200"]["content"][_JSON]
        example = next(iter(content["examples"].values()))
        value: Json = self._target(example)["value"]
        return value

    def _target(self, node: Json) -> Json:
        while "$ref" in node:
            target: Any = self._document
            for name in node["$ref"].removeprefix("#/").split("/"):
                target = target[name.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def _whole(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._whole(item) for item in node]
        if isinstance(node, dict):
            target = self._target(node)
            return {
                name: self._whole(value)
                for name, value in target.items()
                if not name.startswith("x-") and name not in ("example", "examples")
            }
        return node


def write_wiremock(folder: Path, contract: Contract, *, validates: bool) -> None:
    """Two stubs; a text's body is held to its schema where `validates`."""
    mappings = folder / "mappings"
    mappings.mkdir()
    token = {"Authorization": {"equalTo": f"Bearer {TOKEN}"}}
    request: dict[str, Any] = {
        "method": "POST",
        "urlPathPattern": "/rest/sendMessage/[^/]+/text",
        "headers": token,
    }
    if validates:
        schema = {"matchesJsonSchema": contract.body_schema, "schemaVersion": "V202012"}
        request["bodyPatterns"] = [schema]
    status = {"method": "GET", "urlPathPattern": "/rest/instance/[^/]+", "headers": token}
    for name, asked, answer in (
        ("send", request, contract.sent),
        ("status", status, contract.status),
    ):
        response = {"status": 200, "headers": {"Content-Type": _JSON}, "jsonBody": answer}
        stub = {"request": asked, "response": response}
        (mappings / f"{name}.json").write_text(json.dumps(stub), encoding="utf-8")


def write_mockoon(path: Path, contract: Contract) -> None:
    """An environment with two routes.

    Its rules look for the token and both fields; `valid_json_schema` would compile the schema again
    for each request.
    """
    rules = [
        _rule("header", "Authorization", "equals", f"Bearer {TOKEN}"),
        _rule("body", "messageData.to", "regex", "^[0-9]+(@.+)?$"),
        _rule("body", "messageData.text", "regex", ".*"),
    ]
    routes = [
        _route("post", "rest/sendMessage/:key/text", contract.sent, rules),
        _route("get", "rest/instance/:key", contract.status, rules[:1]),
    ]
    environment = {
        "uuid": _uuid("environment"), "lastMigration": 33, "name": "peer", "endpointPrefix": "",
        "latency": 0, "port": 3000, "hostname": "", "folders": [], "routes": routes,
        "rootChildren": [{"type": "route", "uuid": route["uuid"]} for route in routes],
        "proxyMode": False, "proxyHost": "", "proxyRemovePrefix": False,
        "tlsOptions": {"enabled": False, "type": "CERT", "pfxPath": "", "certPath": "",
                       "keyPath": "", "caPath": "", "passphrase": ""},
        "cors": True, "headers": [{"key": "Content-Type", "value": _JSON}],
        "proxyReqHeaders": [], "proxyResHeaders": [], "data": [], "callbacks": [],
    }  # fmt: skip
    path.write_text(json.dumps(environment), encoding="utf-8")


def _rule(target: str, modifier: str, operator: str, value: str) -> Json:
    return {
        "target": target,
        "modifier": modifier,
        "operator": operator,
        "value": value,
        "invert": False,
    }


def _route(method: str, endpoint: str, answer: Json, rules: list[Json]) -> dict[str, Any]:
    """Answers where all rules hold, and with 422 else."""
    good = _response(endpoint, 200, json.dumps(answer), rules)
    bad = {**_response(endpoint, 422, '{"error": true}', []), "default": True}
    return {
        "uuid": _uuid(endpoint), "type": "http", "documentation": "", "method": method,
        "endpoint": endpoint, "responses": [good, bad], "responseMode": None,
        "streamingMode": None, "streamingInterval": 0,
    }  # fmt: skip


def _response(endpoint: str, status: int, body: str, rules: list[Json]) -> dict[str, Any]:
    return {
        "uuid": _uuid(f"{endpoint} {status}"), "body": body, "latency": 0, "statusCode": status,
        "label": "", "headers": [], "bodyType": "INLINE", "filePath": "", "databucketID": "",
        "sendFileAsBody": False, "rules": rules, "rulesOperator": "AND",
        "disableTemplating": True, "fallbackTo404": False, "default": False, "crudKey": "id",
        "callbacks": [],
    }  # fmt: skip


def _uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def write_json_server(folder: Path, contract: Contract) -> None:
    """The newest messages, in memory: a file would be written as a whole for each."""
    state = {"messages": [], "status": contract.status}
    code = f"module.exports = () => ({json.dumps(state)});\n"
    (folder / "state.js").write_text(code, encoding="utf-8")
    routes = {"/rest/sendMessage/:key/text": "/messages", "/rest/instance/:key": "/status"}
    (folder / "routes.json").write_text(json.dumps(routes), encoding="utf-8")
    (folder / "bounded.js").write_text(_BOUNDED % KEPT_BY_JSON_SERVER, encoding="utf-8")
