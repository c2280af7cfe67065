"""Where bytes come from. A connector lists what is waiting; landing does the rest, the same for all of them."""

from bidui.connector.delivery import Connector, Delivery, digest_of
from bidui.connector.drop_folder import DropFolder

__all__ = ["Connector", "Delivery", "DropFolder", "digest_of"]
