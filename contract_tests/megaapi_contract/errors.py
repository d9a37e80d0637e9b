"""What can end a run, or one request, other than a broken promise.

SuiteError
  SetupError       wrong usage or set-up: exit 2, before anything was sent
  Unusable         the host cannot be judged (down, slow, HTML, cut, redirecting): exit 2
  HeldBack         the gate did not let a request out: the case is left out and counted
    BudgetSpent    the run may send no further message
  NotTried         a probe needs something this target does not have
"""

from __future__ import annotations


class SuiteError(Exception):
    """Base of all; its text is one plain sentence for the user."""


class SetupError(SuiteError):
    """Wrong usage or set-up: said before anything was sent."""


class Unusable(SuiteError):
    """The host is not one that can be judged; nothing is said of its promises."""


class HeldBack(SuiteError):
    """A request that may not leave: outside the allowance, or naming somebody not listed."""


class BudgetSpent(HeldBack):
    """The run has sent as many messages as it may."""


class NotTried(SuiteError):
    """Something this probe needs is not to be had on this target."""


class Impossible(SuiteError):
    """What should be able to happen cannot: the host is not in the state its answers told of."""
