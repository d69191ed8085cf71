"""What persons do: they write, turn to other sessions, open views, decide, sign in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.support.builders import entry, request
from threadline.core.events import ViewSaid
from threadline.core.model import ClientMessageId, Delivery

from .accounts import ADA, BOB, name_of, person_of
from .ledger import Said
from .script import NEW, OF_BOB, SESSIONS, browser_of

if TYPE_CHECKING:
    from .browser import Browser
    from .script import Act
    from .simulation import Simulation

__all__ = ["PERSON_ACTS"]


LOOK: Final = 0.1  # seconds between looks of a person at the panel


def _say(run: Simulation, act: Act) -> None:
    browser = browser_of(run, act.draw)
    for _ in range(1 + (int(act.draw * 10_000) % 4 == 3)):
        _say_one(run, browser, act.draw)


def _say_one(run: Simulation, browser: Browser, draw: float) -> None:
    if browser.is_asleep or not browser.views:
        return
    views = list(browser.views)
    view = views[int(draw * 10) % len(views)]
    session_id = browser.views[view]
    number = len(run.ledger.said) + 1
    text = f"{session_id or NEW} {browser.name} says {number}"
    client = ClientMessageId(f"c{number}")
    wall, ordinal = browser.moment().wall, browser.disk.next_ordinal()
    account = browser.accounts.get(view)
    row = entry(
        client,
        session_id or None,
        content=text,
        created_at=wall,
        ordinal=ordinal,
        account=account,
    )
    if not browser.disk.write_row(row):
        run.watch.count("quota hit")
        return  # the text stays in the composer: nothing was accepted
    run.ledger.accept(Said(browser, session_id, client, text, account))
    members: dict[str, Any] = {"content": text, "createdAt": wall * 1000.0, "ordinal": ordinal}
    members |= {"session": session_id or None, "account": account}
    _ask(browser, view, "send", clientMessageId=client, **members)


def _ask(browser: Browser, view: int, kind: str, **members: Any) -> None:
    if browser.life is not None and not browser.is_asleep:
        browser.life.feed(ViewSaid(view, request(kind, **members)))


def _new_chat(run: Simulation, act: Act) -> None:
    """The person begins another conversation, with a text or two."""
    browser = browser_of(run, act.draw)
    if browser.is_asleep or browser.life is None or not browser.views:
        return
    view = next(iter(browser.views))
    browser.left[view], browser.views[view] = browser.views[view], ""
    _ask(browser, view, "new_chat")
    run.watch.count("new chat")
    for _ in range(1 + int(act.draw * 10_000) % 2):
        _say_one(run, browser, 0.0)


def _switch(run: Simulation, act: Act) -> None:
    browser = browser_of(run, act.draw)
    if browser.is_asleep or not browser.views:
        return
    view = next(iter(browser.views))
    browser.views[view] = SESSIONS[int(act.draw * 100_000) % 2]
    _ask(browser, view, "open_session", session=browser.views[view])


def _view(run: Simulation, act: Act) -> None:
    browser = browser_of(run, act.draw)
    if browser.is_asleep:
        return
    if len(browser.views) > 1:
        browser.close_view(list(browser.views)[-1])
    else:
        browser.open_view(SESSIONS[int(act.draw * 100_000) % 2])


def _decide(run: Simulation, act: Act) -> None:
    """The person retries, or gives up, the first text that failed."""
    browser = browser_of(run, act.draw)
    if browser.life is None or browser.is_asleep:
        return
    for view, shown in browser.life.shown.items():
        for one in shown.pending:
            said = run.ledger.of(one.client_message_id)
            if one.delivery is not Delivery.FAILED or said is None:
                continue
            if int(act.draw * 10_000) % 2:
                said.was_retried = True
                _ask(browser, view, "retry", clientMessageId=one.client_message_id)
            else:
                said.was_discarded = True
                _ask(browser, view, "discard", clientMessageId=one.client_message_id)
            return


def _sign_out_and_in(run: Simulation, act: Act) -> None:
    browser = browser_of(run, act.draw)
    if browser.is_asleep:
        return
    browser.change_token(None)
    again = browser.token_of(ADA, is_renewed=int(act.draw * 100_000) % 2 == 1)

    def come_back() -> None:
        browser.change_token(again)
        for view, shown in browser.views.items():
            if shown == OF_BOB:  # who had been here before, and had left in a hurry
                _turn_to_own(browser, view, SESSIONS[0], ADA)

    run.schedule.after(0.5 + 3.0 * (act.draw * 23 % 1.0), come_back)


def _other_account(run: Simulation, act: Act) -> None:
    """Somebody else signs in for a while, looks at what is theirs and writes."""
    browser = browser_of(run, act.draw)
    if browser.is_asleep or not browser.views:
        return
    _sign_in(browser, BOB, OF_BOB)
    run.watch.count("other account")
    run.schedule.after(1.0, lambda: _say_one(run, browser, act.draw))
    back = 2.0 + 8.0 * (act.draw * 41 % 1.0)
    run.schedule.after(back, lambda: _sign_in(browser, ADA, SESSIONS[0]))


def _sign_in(browser: Browser, who: str, session_id: str) -> None:
    if browser.is_asleep:
        browser.schedule.after(1.0, lambda: _sign_in(browser, who, session_id))
        return
    browser.change_token(browser.token_of(who))
    for view in browser.views:
        _turn_to_own(browser, view, session_id, who)


def _turn_to_own(browser: Browser, view: int, session_id: str, who: str) -> None:
    """They open a conversation of theirs once the panel does not show the other one's any more."""
    token = browser.token()
    if view not in browser.views or token is None or name_of(token.get_secret_value()) != who:
        return
    if browser.is_asleep or person_of(browser.accounts.get(view)) not in (None, who):
        browser.schedule.after(LOOK, lambda: _turn_to_own(browser, view, session_id, who))
        return
    browser.views[view] = session_id
    _ask(browser, view, "open_session", session=session_id)


def _reconnect(run: Simulation, act: Act) -> None:
    browser = browser_of(run, act.draw)
    for view in list(browser.views)[:1]:
        _ask(browser, view, "reconnect")


PERSON_ACTS: Final = {
    "say": _say,
    "new chat": _new_chat,
    "switch": _switch,
    "view": _view,
    "decide": _decide,
    "sign out and in": _sign_out_and_in,
    "other account": _other_account,
    "reconnect": _reconnect,
}
