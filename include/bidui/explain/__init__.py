"""One finding's whole story, for the terminal and for a case folder."""

from bidui.explain.page import page, write_page
from bidui.explain.story import story
from bidui.explain.terminal import show

__all__ = ["page", "show", "story", "write_page"]
