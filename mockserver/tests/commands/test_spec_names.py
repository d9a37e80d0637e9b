"""Whatever a person has at hand names an operation or webhook: a title, a line of a log."""

from __future__ import annotations

import pytest
from megaapi_mock.commands.spec_names import definition_called
from megaapi_mock.errors import SetupError
from megaapi_mock.resources import root
from megaapi_mock.spec.description import description
from megaapi_mock.spec.operations import Operation

CONTRACT = description(root("spec"))


def called(name: str) -> str:
    definition = definition_called(name, CONTRACT)
    return definition.id if isinstance(definition, Operation) else definition.name


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sendText", "send_text"),
        ("POST text", "send_text"),
        ("/rest/sendMessage/megacode-TESTKEY0001/text", "send_text"),
        ("https://apinocode01.megaapi.com.br/rest/sendMessage/megacode-X/text?a=1", "send_text"),
        ("delete /rest/instance/megacode-TESTKEY0001/logout/", "logout"),
        ("/rest/instance/megacode-TESTKEY0001", "instance_status"),
        ("https://apinocode01.megaapi.com.br/rest/instance/list", "list_instances"),
        ("Envio de Mensagens de Texto", "send_text"),
        ("configurar webhook", "configure_webhook"),
        ("enviar lista para varios", "list_to_many"),
        ("Enviar mensagem de texto para grupo", "send_text"),
        ("TEXT PLAIN", "text-plain"),
        ("webhook_text_plain", "text-plain"),
        ("Texto simples", "text-plain"),
        ("groups.update", "group-update"),
    ],
)
def test_a_name_is_found(name: str, meant: str) -> None:
    assert called(name) == meant


def test_every_path_and_title_with_a_key_leads_to_its_operation() -> None:
    for operation in CONTRACT.index:
        assert called(f"{operation.method} {operation.path.format(instance_key='k')}") == (
            operation.id
        )
        assert called(operation.definition["x-summary-pt"]) == operation.id


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("message.ack", "'message.ack' may be ack-server or ack-delivered or "),
        ("conversation", "'conversation' may be text-plain or "),
        ("enviar texto", "did you mean send_text or send_text_mentioned or text_to_many? "),
        ("menção", "did you mean text-mention? "),
        ("send_tex", "did you mean send_text"),
        ("GET /rest/sendMessage/k/text", "there is no operation"),
        ("POST /rest/nothing/k", "there is no operation"),
        ("", "there is no operation or webhook '': `megaapi-mock events`"),
        ("*", "there is no operation"),
    ],
)
def test_missing_or_ambiguous_name_is_refused_with_the_likely_ones(
    name: str, sentence: str
) -> None:
    with pytest.raises(SetupError) as refused:
        called(name)
    assert sentence in str(refused.value)
