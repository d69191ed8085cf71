"""The diagnostics page's Python: makes its HTML and its report from what the engine tells."""

import json

from pyscript import document, window
from pyscript.ffi import create_proxy

from threadline.app.language import speak_as_page
from threadline.ui.diagnostics import Diagnostics

speak_as_page()


def show(text):
    """Return the page's slots and its report, as JSON text, for one answer of the engine."""
    told = Diagnostics(text)
    return json.dumps({"slots": told.slots(), "report": told.report()})


# Lent for the life of the page.
window.threadlineDiagnostics.listen(create_proxy(show))
document.currentScript.dataset.page = "running"
