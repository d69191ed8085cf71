"""The door to JavaScript, with JavaScript on the other side of it."""

from threadline.browser import ffi


def test_a_delivery_reaches_python_as_plain_values(host):
    """Border 2: strings and numbers cross, no proxies."""
    heard = []
    ffi.listen(lambda *delivery: heard.append(delivery))

    host.deliver("socket_text", 7, '{"ü": "→"}')

    assert heard == [("socket_text", 7, '{"ü": "→"}')]
    assert [type(value) for value in heard[0]] == [str, int, str]


def test_a_delivery_after_a_delivery_uses_the_same_function(host):
    """Border 2: one function is lent for the life of the engine, and lent for good."""
    heard = []
    ffi.listen(lambda topic, number, text: heard.append(number))

    for number in range(3):
        host.deliver("timer_rang", number)

    assert heard == [0, 1, 2]
