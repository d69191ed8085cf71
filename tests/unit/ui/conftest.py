"""These tests speak English; in the extension the page says which language is spoken."""

from tests.support.catalogue import ENGLISH
from threadline.ui.words import speak

speak(ENGLISH)
