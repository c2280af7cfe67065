"""Where bytes come from. A connector hands over complete files; landing does the rest, the same for all of them."""

from bidui.connector.delivery import Connector, Delivery, sha256_of
from bidui.connector.drop_folder import DropFolder, make_folders
from bidui.connector.gather import Gathered, gather
from bidui.connector.memory import LedgerMemory, Memory
from bidui.connector.refusal import PullError
from bidui.connector.trial import pull_once

__all__ = [
    "Connector",
    "Delivery",
    "DropFolder",
    "Gathered",
    "LedgerMemory",
    "Memory",
    "PullError",
    "gather",
    "make_folders",
    "pull_once",
    "sha256_of",
]
