"""The pages of the extension, rendered once by the build: what runs in Chrome is plain HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)

from .errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["render_page"]


def render_page(page: Path, *, name: str, version: str) -> str:
    """Return the HTML of the template at `page`, which may use `name` and `version` of the
    extension.

    Raises:
        BuildError: the template is wrong or uses a variable that does not exist.
    """
    environment = Environment(
        loader=FileSystemLoader(page.parent),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    try:
        return environment.get_template(page.name).render(name=name, version=version)
    except TemplateError as error:
        line = f" line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        raise BuildError(f"extension/{page.name}{line} does not render ({error.message})") from None
