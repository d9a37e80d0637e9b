"""Profiles: which plan's operations exist, and how each unsettled fact is decided.

Every switch is a fact that no source settles. The table below is the only place that knows
their names; `fixtures/profiles/*.yaml` choose values, `--set NAME=VALUE` changes one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .domain.message_states import parse_delay
from .domain.rules import Rules
from .errors import SpecError, SwitchError
from .errors.names import did_you_mean
from .resources import find_fixture
from .spec.allowed_values import GENERATIONS
from .spec.bundle import read_yaml
from .spec.plans import PLAN_NAMES


@dataclass(frozen=True, slots=True)
class ValuePattern:
    """What a free value looks like, as a pattern and in words."""

    pattern: str
    words: str


@dataclass(frozen=True, slots=True)
class Switch:
    """A decided guess: default, alternatives (or the form of a free value), grade and help.

    `settled_by` is what to try on a real host to know; empty where several ways are known, and
    for what concerns the mock alone.
    """

    name: str
    default: str
    choices: tuple[str, ...] = ()
    form: ValuePattern | None = None
    grade: str = "inferred"
    help: str = ""
    settled_by: str = ""

    def accepts(self, value: str) -> bool:
        """Whether this value can be set."""
        form = self.form
        return value in self.choices if form is None else bool(re.fullmatch(form.pattern, value))

    @property
    def values_text(self) -> str:
        """The values in words."""
        return " | ".join(self.choices) if self.form is None else self.form.words


_NUMBER = r"\d{1,7}(\.\d{1,6})?"
_SPAN = rf"{_NUMBER}(-{_NUMBER})?"
_SECONDS = ValuePattern(_NUMBER, "seconds, such as 2.5")
_SPANS = ValuePattern(
    rf"{_SPAN},{_SPAN},{_SPAN}(,{_SPAN})?",
    "three or four waits in seconds, each a number or a span, such as 0,1-3,5-60",
)
_WHOLE = ValuePattern(r"[1-9]\d{0,5}", "a whole number from 1")
_HEADER = ValuePattern(r"[ -~]{1,200}", "printable ASCII")
_ON = ("on", "off")

SWITCHES: tuple[Switch, ...] = (
    Switch("disconnected_status", "403", ("403", "401"), grade="observed",
           help="status of 'Instance not logged in'"),
    Switch("own_tokens", "on", _ON,
           help="where one token administers all instances: each has its own token too",
           settled_by="a call to a dedicated host with any other token than the administrator's"),
    Switch("init_shape", "data", ("data", "flat"), grade="observed",
           help="init: the new key under data, or beside error and message"),
    Switch("delete_unknown", "404", ("404", "error_true"), grade="observed",
           help="deleting an instance that is not there: 404, or 200 with error true"),
    Switch("reset_disconnected", "reset", ("reset", "logged_out"),
           help="what a reset of an unlinked instance says: 'Instance reset' or 'logged out'",
           settled_by="a second reset right after the first"),
    Switch("unknown_instance", "404", ("404", "error_true"), grade="baileys",
           help="status operation for an unknown key: 404, or 200 with error true",
           settled_by="a status call with a key that nobody has"),
    Switch("status_disconnected", "json", ("json", "empty"), grade="observed",
           help="status of an unlinked instance: JSON, or 200 with an empty body"),
    Switch("status_shape", "object", ("object", "list", "2022"), grade="observed",
           help="status: an object, a list of one as a dedicated host has it, or without `status`"),
    Switch("not_on_whatsapp", "exists_false", ("exists_false", "empty", "403", "error_true"),
           grade="vendor-doc", help="isOnWhatsApp for a number without WhatsApp"),
    Switch("is_on_whatsapp_disconnected", "refused", ("refused", "error_true"), grade="observed",
           help="isOnWhatsApp while unlinked: refused, or 200 with error true"),
    Switch("qr_page_connected", "403", ("403", "page"),
           help="QR page while linked: refused, or a page without a picture",
           settled_by="the QR page of a linked instance, opened in a browser"),
    Switch("qr_base64_connected", "403", ("403", "error_true"),
           help="QR in base64 while linked: 403, or 200 with error true",
           settled_by="the QR code in base64 of a linked instance"),
    Switch("qr_base64_first", "qrcode", ("qrcode", "missing"), grade="observed",
           help="QR in base64 on the call that opens a series: there at once, or missing"),
    Switch("qr_seconds", "20", form=_SECONDS, grade="vendor-doc", help="life of one QR code"),
    Switch("qr_series", "5", form=_WHOLE, grade="baileys", help="QR codes in one series",
           settled_by="the QR webhooks of an unlinked instance, counted until no more come"),
    Switch("logout_disconnected", "200", ("200", "403", "error_true"),
           help="logout of an unlinked instance",
           settled_by="a second logout right after the first"),
    Switch("restart_seconds", "0", form=_SECONDS, help="how long a restart shows disconnected",
           settled_by="a restart, and the status asked every half second after it"),
    Switch("media_days", "30", form=ValuePattern(_NUMBER, "days, such as 0.5"),
           help="how long media can be downloaded",
           settled_by="downloads of messages of known age, a week apart"),
    Switch("media_gone", "error_true", ("error_true", "error_true_400", "403"), grade="observed",
           help="download of media that is gone or not ours; _400: with name and statusCode"),
    Switch("download_body", "data_uri", ("data_uri", "base64"), grade="observed",
           help="form of downloaded media"),
    Switch("webhook_settings_shape", "nested", ("nested", "flat"), grade="observed",
           help="webhook settings under webhookData, or flat as the vendor's table has them"),
    Switch("webhook_saved", "webhook_url", ("webhook_url", "2022"), grade="vendor-doc",
           help="configWebhook's answer: webhookUrl, or dataMessage as recorded in 2022"),
    Switch("buttons_form", "interactive", ("interactive", "2022"),
           help="buttonMessage: a native flow, or the buttonsMessage recorded in 2022",
           settled_by="one buttonMessage, its answer and how it looks on a phone"),
    Switch("contact_name", "display_name", ("display_name", "full_name"),
           help="the name above a contact card: displayName, or fullName always",
           settled_by="a contactMessage whose displayName differs from its fullName"),
    Switch("picture_of_others", "500", ("500", "200"),
           help="setting somebody else's picture: refused, or answered and ignored",
           settled_by="setProfilePictureUrl with the number of somebody else"),
    Switch("to_many_shape", "nested", ("nested", "flat"), grade="observed",
           help="sends to many: the report under messageData, or beside error and message"),
    Switch("unknown_invite", "500", ("500", "404"), help="an invite code that no group has",
           settled_by="inviteInfo with a code that nobody has"),
    Switch("location_form", "as_given", ("as_given", "tidied"), grade="observed",
           help="location: whole numbers and empty texts as given, or decimal and left out"),
    Switch("unknown_media_type", "500", ("500", "200"),
           help="media of an unknown type: refused, or sent as a document",
           settled_by="mediaUrl with the type `sticker`"),
    Switch("odd_base64", "200", ("200", "500"),
           help="base64 that is empty or not base64 (`undefined`): sent with a reason, or refused",
           settled_by="mediaBase64 with `undefined` in place of the file"),
    Switch("empty_list", "200", ("200", "500"),
           help="list without a section or row: sent with a reason, or refused",
           settled_by="a listMessage without a section, and one whose section has no row"),
    Switch("uploaded_audio", "file", ("file", "voice_note"),
           help="an uploaded sound arrives as an audio file, or as a voice note",
           settled_by="an upload to /audio, and how it looks on a phone"),
    Switch("missing_text", "500", ("500", "200"), help="text message without text",
           settled_by="a text message without `text`"),
    Switch("empty_buttons", "500", ("500", "200"), help="buttons or template with no button",
           settled_by="a buttonMessage and a templateMessage with an empty list of buttons"),
    Switch("empty_quoted", "500", ("500", "200"), help="quoting a message given empty",
           settled_by="a quoteMessage whose quoted message is `{}`"),
    Switch("swallowed_sends", "off", _ON,
           help="location, buttons and template: a failure is 200 without messageData",
           settled_by="a location with a latitude that is a word, and its answer"),
    Switch("group_full", "419", ("419", "403"), help="status of whom a full group does not take",
           settled_by="one participant more than a group may have"),
    Switch("not_a_member", "500", ("500", "404"), help="send to a group the instance is not in",
           settled_by="a text to a group that the instance has left"),
    Switch("group_shape", "nested", ("nested", "flat"), grade="observed",
           help="group under `group`, or flat"),
    Switch("participants_shape", "nested", ("nested", "flat", "2022"), grade="observed",
           help="updatedParticipants: lists of one, a flat list, or lists of one JID as in 2022"),
    Switch("participants_pause", "0", form=_SECONDS,
           help="seconds a participants call takes per person (ancestor: 1.5)",
           settled_by="the time that adding five people takes, and one"),
    Switch("empty_participants", "500", ("500", "200"),
           help="creating a group with nobody, adding or removing nobody",
           settled_by="a group created with an empty list of participants"),
    Switch("unknown_presence", "200", ("200", "500"), help="presence with an unknown option",
           settled_by="updatePresence with an option that is not documented"),
    Switch("payload_generation", GENERATIONS[0], GENERATIONS, grade="observed",
           help="which years' webhook payloads are sent"),
    Switch("addressing", "phone", ("phone", "lid", "mixed"), grade="observed",
           help="people are met by number, by hidden number (LID), or every second one by LID"),
    Switch("context_info_type", "in_2023", ("in_2023", "always", "never"), grade="vendor-doc",
           help="orders and polls have the messageType messageContextInfo"),
    Switch("jid_suffix", "off", _ON, help="root jid of webhooks carries a device suffix",
           settled_by="the field `jid` of any webhook of an instance that was linked twice"),
    Switch("disconnect_text", "Number disconnected from api",
           ("Number disconnected from api", "logout"), grade="observed",
           help="text of the disconnection webhook"),
    Switch("ack_delays", "0,0,0,0", form=_SPANS,
           help="seconds until server, delivered, read and played: 1, or from-to as 0.5-2",
           settled_by="the times of the acks of some hundred messages to phones that are on"),
    Switch("group_acks", "one", ("one", "each"),
           help="acks in groups: one per step, or one per step and participant",
           settled_by="the acks of one text in a group of three"),
    Switch("group_events", "off", _ON,
           help="adding, removing and leaving come back as group-participants webhooks",
           settled_by="the webhooks of an instance that adds somebody to a group"),
    Switch("presence_events", "off", _ON,
           help="a contact's private message is preceded by a presence webhook",
           settled_by="the webhooks before a private message that somebody types slowly"),
    Switch("echo", "on", _ON, help="own API sends come back as webhooks",
           settled_by="the webhooks of an instance that sends one text through the API"),
    Switch("acks", "on", _ON,
           help="message.ack is sent unasked; off: only after configAcceptStatus",
           settled_by="one text of an instance whose events nobody has configured"),
    Switch("webhook_release", "after", ("after", "before"),
           help="what a call caused leaves after its answer, or before it",
           settled_by="the time at which the echo comes, beside that of the answer"),
    Switch("remote_jid", "given", ("given", "canonical"),
           help="remoteJid of sends: built from `to` as given, or the registered one",
           settled_by="a text to a number that is registered without its ninth digit"),
    Switch("unregistered_sends", "403", ("403", "200"), grade="observed",
           help="sends to a number without WhatsApp: refused, or accepted and never delivered"),
    Switch("number_lengths", "known", ("known", "any"),
           help="a number longer than those of its country: without WhatsApp, or as any other",
           settled_by="isOnWhatsApp for 55 and thirteen digits more"),
    Switch("body_parsing", "express", ("express", "json_only"), grade="baileys",
           help="bodies as the ancestor's Express reads them, or JSON alone, also without a type",
           settled_by="a call whose body is a form (application/x-www-form-urlencoded)"),
    Switch("method_override", "on", _ON, grade="baileys",
           help="the header X-HTTP-Method-Override of a POST names the method that counts",
           settled_by="a POST to logout with the header X-HTTP-Method-Override: DELETE"),
    Switch("if_none_match", "304", ("304", "200"),
           help="a GET with the ETag of its answer in If-None-Match: 304, or the answer again",
           settled_by="two status calls, the second with the ETag of the first in If-None-Match"),
    Switch("body_limit_mib", "32", form=_WHOLE, help="largest body",
           settled_by="bodies of growing size to a call that refuses them anyway"),
    Switch("media_limit_mib", "16", form=_WHOLE, grade="observed",
           help="largest media, decoded"),
    Switch("qrcode_img", "on", _ON, help="the route qrcode-img is there",
           settled_by="the route qrcode-img of an unlinked instance"),
    Switch("fetch_media", "off", _ON, help="mediaUrl is really fetched"),
    Switch("webhook_hosts", "private", ("private", "loopback", "any"),
           help="where webhooks may go: private and loopback addresses, loopback only, anywhere"),
    Switch("webhook_redirects", "follow", ("follow", "off"), grade="baileys",
           help="redirects of a receiver: followed as axios does, five at most, or its answer",
           settled_by="a receiver that answers 307 to another address of one's own"),
    Switch("webhook_keep_alive", "off", _ON, grade="observed", help="reuse webhook connections"),
    Switch("webhook_timeout", "30", form=_SECONDS, help="seconds one delivery may take",
           settled_by="a receiver that never answers, and how long the connection stays open"),
    Switch("webhook_user_agent", "axios/1.7.7", form=_HEADER, grade="observed",
           help="User-Agent of deliveries"),
    Switch("stop_grace", "10", form=_SECONDS, help="seconds a stop waits for queued deliveries"),
    Switch("outage", "none", ("none", "cdn_502", "empty_200", "error_true"), grade="observed",
           help="every gateway call fails like this"),
)  # fmt: skip

_BY_NAME = {switch.name: switch for switch in SWITCHES}


@dataclass(frozen=True)
class Profile:
    """A plan and a value for every switch."""

    plan: str
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def is_on(self, name: str) -> bool:
        """Whether an on/off switch is on."""
        return self.values[name] == "on"

    def seconds(self, name: str) -> float:
        """A switch that counts seconds."""
        return float(self.values[name])

    def with_switches(self, changes: Mapping[str, str]) -> Profile:
        """The profile with some switches set; SwitchError names what is wrong."""
        return replace(self, values={**self.values, **_check_switches(changes)})

    def rules(self, *, messages_kept: int = 100_000, messages_bytes: int = 64 * 2**20) -> Rules:
        """The switches as the domain needs them."""
        return Rules(
            disconnected_status=int(self["disconnected_status"]),
            group_full=self["group_full"],
            not_a_member_status=int(self["not_a_member"]),
            disconnect_text=self["disconnect_text"],
            qr_seconds=self.seconds("qr_seconds"),
            qr_series=int(self["qr_series"]),
            restart_seconds=self.seconds("restart_seconds"),
            ack_delays=tuple(parse_delay(part) for part in self["ack_delays"].split(",")),
            each_in_group=self["group_acks"] == "each",
            group_events=self.is_on("group_events"),
            presence_events=self.is_on("presence_events"),
            echo=self.is_on("echo"),
            acks=self.is_on("acks"),
            canonical_jid=self["remote_jid"] == "canonical",
            addressing=self["addressing"],
            knows_lids=self["payload_generation"] == "2026",
            refuse_unregistered=self["unregistered_sends"] == "403",
            media_seconds=float(self["media_days"]) * 86_400,
            messages_kept=messages_kept,
            messages_bytes=messages_bytes,
        )


def load_profile(name: str, fixtures: Path) -> Profile:
    """A profile by name (`code`) or by path; SwitchError when it cannot be used."""
    path = find_fixture("profile", name, fixtures, SwitchError)
    try:
        content = read_yaml(path)
    except SpecError as error:
        raise SwitchError(str(error)) from None
    if not isinstance(content, dict) or content.get("plan") not in PLAN_NAMES:
        raise SwitchError(f"{path} needs `plan:` with one of {', '.join(PLAN_NAMES)}")
    for name in sorted(map(str, set(content) - {"plan", "switches"})):
        raise SwitchError(f"{path}: {name}: no such field; a profile has `plan` and `switches`")
    switches = content.get("switches") or {}
    if not isinstance(switches, dict):
        raise SwitchError(f"{path} needs `switches:` to be a mapping of names to values")
    return default_profile(content["plan"]).with_switches(
        {str(key): _text(value) for key, value in switches.items()}
    )


def default_profile(plan: str = "code") -> Profile:
    """Every switch at its default."""
    return Profile(plan, {switch.name: switch.default for switch in SWITCHES})


def parse_assignments(assignments: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE` texts of --set; SwitchError when one has no `=`."""
    changes = {}
    for text in assignments:
        name, separator, value = text.partition("=")
        if not separator:
            raise SwitchError(f"--set {text!r} has no value: write --set NAME=VALUE")
        changes[name.strip()] = value.strip()
    return changes


def _check_switches(changes: Mapping[str, str]) -> dict[str, str]:
    for name, value in changes.items():
        switch = _BY_NAME.get(name)
        if switch is None:
            raise SwitchError(
                f"there is no switch {name!r}: {did_you_mean(name, _BY_NAME)}"
                "`megaapi-mock switches` lists them all"
            )
        if not switch.accepts(value):
            guess = did_you_mean(value, switch.choices)
            raise SwitchError(f"switch {name} cannot be {value!r}: {guess}use {switch.values_text}")
    return dict(changes)


def _text(value: Any) -> str:
    """YAML 1.1 reads on/off as booleans and 403 as a number; switches are texts."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
