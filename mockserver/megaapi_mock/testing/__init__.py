"""For people's tests: the mock in one's own process, and the people who write to it.

Everything a test does goes over the control API, so that the same objects drive a `MockServer` and,
by `Mock(url)`, one that runs elsewhere. Pytest users have fixtures of them: see `pytest_plugin`.
"""

from ..domain.options import Option
from .clock import Clock
from .customer import Customer
from .fault import ArmFault, Fault
from .group import Group, GroupCustomer, Member
from .instance import Instance
from .instance_records import Calls, Inbox, Sent
from .mock import Mock
from .names import (
    CallStatus,
    ContactEventName,
    ContactState,
    EventName,
    FaultName,
    InstanceState,
    KindName,
    MessageState,
    OperationName,
    Presence,
    UnlinkedBy,
    WebhookState,
)
from .phone import OwnPhone
from .records import Call, Message, Webhook
from .server import MockServer
from .threads import in_thread
from .wsgi_server import Served

__all__ = [
    "ArmFault",
    "Call",
    "CallStatus",
    "Calls",
    "Clock",
    "ContactEventName",
    "ContactState",
    "Customer",
    "EventName",
    "Fault",
    "FaultName",
    "Group",
    "GroupCustomer",
    "Inbox",
    "Instance",
    "InstanceState",
    "KindName",
    "Member",
    "Message",
    "MessageState",
    "Mock",
    "MockServer",
    "OperationName",
    "Option",
    "OwnPhone",
    "Presence",
    "Sent",
    "Served",
    "UnlinkedBy",
    "Webhook",
    "WebhookState",
    "in_thread",
]
