"""The pages of the extension, rendered once by the build: what runs in Chrome is plain HTML."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)

from .catalogue import DEFAULT, NAME, with_words
from .errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

    from .catalogue import Catalogues

__all__ = ["join_styles", "render_page"]

_SHEETS = re.compile(r'(?:<link rel="stylesheet" href="\./css/[^"]+\.css">\n)+')
_SHEET = re.compile(r'href="\./(css/[^"]+)"')
_PICTURE = re.compile(r'url\("\.\./(icons/[^"]+\.svg)"\)')


def render_page(page: Path, *, name: str, version: str, found: Catalogues) -> str:
    """Return the HTML of the template at `page`, in the default language. It may use `name` and
    `version` of the extension, and `languages`: the tag of each, and what it calls itself.

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
        html = environment.get_template(page.name).render(
            name=name,
            version=version,
            languages=[(tag, words[NAME]) for tag, words in found.items()],
        )
    except TemplateError as error:
        line = f" line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        raise BuildError(f"extension/{page.name}{line} does not render ({error.message})") from None
    return with_words(html, found[DEFAULT], f"extension/{page.name}")


def join_styles(html: str, assets: Path, name: str) -> tuple[str, str]:
    """Return the page with one style sheet `css/<name>` in place of its own, and that sheet: theirs
    in their order, pictures included. Each file less is a wait less before the first frame.

    Args:
        html: the page, its style sheets one below the other.
        assets: where `css` and `icons` are.
        name: of the one sheet.

    Raises:
        BuildError: a style sheet or a picture is not there.
    """

    def picture(match: re.Match[str]) -> str:
        data = base64.b64encode((assets / match[1]).read_bytes()).decode()
        return f'url("data:image/svg+xml;base64,{data}")'

    sheets: list[str] = []

    def link(match: re.Match[str]) -> str:
        sheets.extend((assets / path).read_text("utf-8") for path in _SHEET.findall(match[0]))
        return f'<link rel="stylesheet" href="./css/{name}">\n'

    try:
        page = _SHEETS.sub(link, html, count=1)
        return page, _PICTURE.sub(picture, "\n".join(sheets))
    except OSError as error:
        raise BuildError(f"{name}: {error.filename} cannot be read") from None
