"""What a call of the control API answers that changes an instance: the instance after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...domain.instance import Instance

Json = dict[str, Any]


def shown_after(
    do: Callable[[Instance], object], show: Callable[[Instance], Json] = Instance.as_json
) -> Callable[[Instance], Json]:
    """The same change; it returns the instance as it is then, or what `show` says of it.

    Nothing is kept that cannot be shown: a call that fails can be made again.
    """

    def change(instance: Instance) -> Json:
        do(instance)
        instance.wake(instance.now)
        return show(instance)

    return change
