"""The PyScript page: runs the engine inside the panel, where the person chose so or no other page
can hold it.
"""

from pyscript import document

from threadline.app import engine_host

engine_host.start("panel")
document.currentScript.dataset.engine = "running"
