"""`threadline_build.release_code`."""

from __future__ import annotations

import pytest

from threadline_build.errors import BuildError
from threadline_build.release_code import refuse_code, refuse_page, refuse_python, refuse_style


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://example.com/a.js"></script>',
        "<SCRIPT type=module SRC=//example.com/a.js></SCRIPT>",
        '<link rel="stylesheet" href="http://example.com/a.css">',
        '<img src="https://example.com/a.png">',
        '<script type="py" src="./a.py" config="https://example.com/a.json"></script>',
        '<script src="data:text/javascript,1"></script>',
        '<iframe src="./a.html"></iframe>',
        '<base href="./vendor/">',
        '<meta http-equiv="Refresh" content="0;url=https://example.com">',
        '<button onclick="go()">',
        '<form action="https://example.com"></form>',
    ],
)
def test_a_page_takes_nothing_from_elsewhere(html: str) -> None:
    """However it is written."""
    with pytest.raises(BuildError, match=r"panel\.html takes"):
        refuse_page("panel.html", html)


def test_a_page_may_link_name_and_hold_what_is_its_own() -> None:
    """A link that a person follows, an address in a sentence, files beside it."""
    refuse_page(
        "panel.html",
        '<script src="./a.js"></script><link href="./a.css"><a href="https://example.com">x</a>'
        "<p>such as https://api.example.com</p><!-- <script src=https://example.com> -->",
    )


@pytest.mark.parametrize(
    "css",
    [
        '@import "https://example.com/a.css";',
        "@import url(//example.com/a.css);",
        "a { background: url( 'http://example.com/a.png' ) }",
        "@font-face { src: url(data:font/woff2;base64,AA) }",
        "/*# sourceMappingURL=a.css.map */",
    ],
)
def test_a_style_sheet_takes_nothing_from_elsewhere(css: str) -> None:
    """Nor does it name a source map."""
    with pytest.raises(BuildError, match=r"a\.css"):
        refuse_style("a.css", css)


def test_a_style_sheet_may_use_what_is_its_own() -> None:
    """Icons beside it, and pictures in it."""
    refuse_style("a.css", '@import "./b.css"; a { mask: url("../a.svg"), url(data:image/png,1) }')


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("eval (text)", "code of text"),
        ("new Function('a', text)", "code of text"),
        ("globalThis.Function(text)", "code of text"),
        ("new Function", "code of text"),
        ("setTimeout('go()', 1)", "code of text"),
        ("import 'https://example.com/a.js';", "not below"),
        ("import { a } from '//example.com/a.js';", "not below"),
        ("export * from 'bare';", "not below"),
        ("await import('https://example.com/a.js')", "not below"),
        ("await import( address )", "while it runs"),
        ("await import(`./${name}.js`)", "while it runs"),
        ("await import()", "while it runs"),
        ("importScripts('./a.js')", "not allowed"),
        ("document.createElement('script')", "not allowed"),
        ("new Worker('https://example.com/a.js')", "not allowed"),
        ("audio.audioWorklet.addModule(`//example.com/a.js`)", "not allowed"),
        ("//# sourceMappingURL=a.js.map", "source map"),
    ],
)
def test_a_script_of_ours_is_all_there(script: str, words: str) -> None:
    """Nothing made of text, nothing from elsewhere, nothing undecided."""
    with pytest.raises(BuildError, match=f"view.js .*{words}"):
        refuse_code("view.js", script)


def test_a_script_may_import_its_neighbours() -> None:
    """And speak of evaluation, functions and addresses."""
    refuse_code(
        "view.js",
        "import a from './a.js'; import '../b.mjs'; import c from './c.json' with {};\n"
        "const d = await import('./d.js'); /** @param {Function} e */ import.meta.url;\n"
        "// evaluated, not eval; see https://example.com\n"
        "setTimeout(() => {}, 1); new Worker('./w.js'); fetch('https://example.com/data');",
    )


@pytest.mark.parametrize(
    "text",
    ["eval(text)", "x = exec (text)", "compile(text, '', 'exec')", "import micropip", "js.run_js"],
)
def test_python_of_ours_makes_no_code(text: str) -> None:
    """Nor does it fetch any."""
    with pytest.raises(BuildError, match=r"core/a\.py"):
        refuse_python([("core/b.py", "re.compile('a'); model.eval(1)"), ("core/a.py", text)])
