"""For people's tests: the mock in one's own process, and the people who write to it.

Everything a test does goes over the side door, so that the same objects drive a `MockServer` and,
by `Mock(url)`, one that runs elsewhere. Pytest users have fixtures of them: see `pytest_plugin`.
"""

from .customer import Customer
from .instance import Instance
from .mock import Clock, Fault, Mock
from .phone import OwnPhone
from .records import Call, Message, Webhook
from .server import MockServer
from .wsgi import Served

__all__ = [
    "Call",
    "Clock",
    "Customer",
    "Fault",
    "Instance",
    "Message",
    "Mock",
    "MockServer",
    "OwnPhone",
    "Served",
    "Webhook",
]
