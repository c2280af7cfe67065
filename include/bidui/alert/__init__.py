"""Who is told what: conditions of the night and failures of tasks, once per subject and state, by mail or webhook."""

from bidui.alert.channel import NotToldError, channels
from bidui.alert.model import Alert
from bidui.alert.tell import evaluate, tell

__all__ = ["Alert", "NotToldError", "channels", "evaluate", "tell"]
