"""The model of a link: linked or not, and whether a restart can bring it back."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from ....host.host_instance import HostInstance
from ..assertions import (
    claim,
    claim_refusal,
    claim_success,
    ended_or_refused,
    inferred,
    logged_out,
    not_logged_in,
)
from ..calls import text
from ..connection import link, restart, status, unlink
from ..media import LINKED_ALREADY, qr
from .life import FRIENDS, Life, keep_error


class Link(Life):
    """Linked or not, and whether a restart can bring the link back."""

    linked = False
    session_kept = False

    @initialize(connected=st.booleans())
    @keep_error
    def begins(self, connected: bool) -> None:
        """A new instance, its phone linked already or not."""
        self.instance = self.stage.instance(connected=connected)
        self.linked = self.session_kept = connected

    @rule()
    @keep_error
    def looks(self) -> None:
        """The status says what the model says."""
        status(
            self.session, self.instance, "connected" if self.linked else "disconnected", "in life"
        )

    @rule(person=st.sampled_from(FRIENDS))
    @keep_error
    def writes(self, person: str) -> None:
        """Texts go while linked."""
        answer = text(self.session, self.instance, person)
        if self.linked:
            claim_success(self.session, answer, "a text while linked")
        else:
            not_logged_in(self.session, answer, "a text while not linked")

    @rule()
    @keep_error
    def shows_a_code(self) -> None:
        """Codes are shown while not linked."""
        answer, content = qr(self.session, self.instance)
        if self.linked:
            claim_refusal(self.session, answer, 403, "a code while linked", message=LINKED_ALREADY,
                    switches=("qr_base64_connected",))  # fmt: skip
        else:
            claim(self.session, answer, content, "a code while not linked")

    @rule(number=st.sampled_from(("5511900000020", "5511900000021")))
    @keep_error
    def asks_for_a_pairing_code(self, number: str) -> None:
        """Pairing codes are given while not linked; who types it is that number then."""
        answer = self.call("pairing_code", query={"phoneNumber": number})
        if self.linked:
            claim_refusal(
                self.session, answer, 403, "a pairing code while linked",
                message=LINKED_ALREADY, promise=inferred(self.session, "pairing_code"),
            )  # fmt: skip
        elif claim_success(self.session, answer, "a pairing code while not linked"):
            link(self.stage, self.instance)
            self.instance = HostInstance(self.instance.key, self.instance.token, number)
            self.linked = self.session_kept = True

    @precondition(lambda self: not self.linked)
    @rule()
    @keep_error
    def is_linked(self) -> None:
        """The phone scans."""
        link(self.stage, self.instance, number=self.instance.number or "5511900000020")
        self.instance = HostInstance(
            self.instance.key, self.instance.token, self.instance.number or "5511900000020"
        )
        self.linked = self.session_kept = True

    @precondition(lambda self: self.linked)
    @rule(cause=st.sampled_from(("phone", "gateway", "ban")))
    @keep_error
    def is_unlinked(self, cause: str) -> None:
        """The link ends; only the gateway's own drop leaves something to come back to."""
        unlink(self.stage, self.instance, cause=cause)
        self.linked, self.session_kept = False, cause == "gateway"

    @rule()
    @keep_error
    def logs_out(self) -> None:
        """The link is gone for good."""
        answer = self.call("logout")
        if self.linked:
            claim_success(self.session, answer, "a logout")
        elif self.session_kept:
            # Not linked, and yet there is something to end: a host may see it either way.
            ended_or_refused(self.session, answer, "a logout")
        else:
            logged_out(self.session, answer, "a logout")
        self.linked = self.session_kept = False

    @rule()
    @keep_error
    def restarts(self) -> None:
        """What there was to come back to, comes back."""
        claim_success(self.session, restart(self.session, self.stage, self.instance), "a restart")
        self.linked = self.session_kept
