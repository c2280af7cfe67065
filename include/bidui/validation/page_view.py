"""How Great Expectations lays out a page of our Data Docs: named in the project's `great_expectations.yml`.

Only Great Expectations imports this module. Templates of a plugins folder cannot replace GX's own, they can only have
other names: hence a view class that asks for another name.
"""

from __future__ import annotations

from typing import ClassVar

from great_expectations.render.view import DefaultJinjaPageView


class SelfContainedPageView(DefaultJinjaPageView):
    """GX's page without scripts, styles and images from the internet."""

    _template: ClassVar[str] = "self_contained_page.j2"
