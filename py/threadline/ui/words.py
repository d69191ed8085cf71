"""Every English word the engine shows, by id.

One catalogue, so that a translator reads one file and a test can say which ids are unused. An id
names the place, then the case: `badge.connected`. Ids that end in `.one` and `.other` are forms
of one sentence; `plural` picks between them.
"""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS", "plural", "say"]

WORDS: Final[dict[str, str]] = {
    "title.product": "Threadline",
    "title.new": "New chat",
    "title.untitled": "Untitled chat",
    "title.document": "{title} · Threadline",
    # The badge and the panel it opens
    "badge.connected": "Connected",
    "badge.connecting": "Connecting",
    "badge.reconnecting": "Reconnecting",
    "badge.fallback": "Polling",
    "badge.failed": "Disconnected",
    "badge.disconnected": "Offline",
    "health.no_token": "Not signed in.",
    "health.no_session": "No chat is open yet.",
    "health.paused": "Paused; goes on when a panel is open.",
    "health.opening": "Opening the live line…",
    "health.joining": "Checking access to this chat…",
    "health.catching_up": "Live; fetching what came in meanwhile.",
    "health.gap": "Live, but messages are missing that the server does not send.",
    "health.checking": "Live; checking that nothing was missed.",
    "health.live": "Live: messages arrive as they are written.",
    "health.waiting": "The live line is lost; trying again.",
    "health.polling": "No live line; asking every few seconds, and still trying live.",
    "health.offline": "No network, or the server is down. What you see may be out of date.",
    "health.not_configured": "Live updates are not set up; asking every few seconds.",
    "health.signed_out": "Your sign-in has ended.",
    "health.forbidden": "This account cannot open this chat.",
    "health.refused": "The push server refused the connection.",
    "report.heading": "Connection",
    "report.transport": "Transport",
    "report.transport.push": "Live (WebSocket)",
    "report.transport.poll": "Polling (REST)",
    "report.transport.opening": "Opening (WebSocket)",
    "report.transport.none": "None",
    "report.server": "Server",
    "report.server.unknown": "Not set up",
    "report.since": "Live since",
    "report.last_event": "Last event",
    "report.last_event.never": "None yet",
    "report.attempt": "Attempt",
    "report.attempt.of": "{attempt} of {attempts}",
    "report.attempt.beyond": "{attempt}, in the background",
    "report.next": "Next try",
    "report.looked": "Shown as of",
    "report.waiting": "Not sent yet",
    "report.waiting.one": "1 message",
    "report.waiting.other": "{count} messages",
    "report.rest": "History",
    "report.rest.works": "The server answers",
    "report.rest.fails": "The server does not answer",
    "report.last_error": "Last error",
    "report.cure": "What helps",
    # Buttons
    "button.reconnect": "Reconnect now",
    "button.settings": "Settings",
    "button.sign_in": "Sign in",
    "button.retry": "Retry",
    "button.edit": "Edit",
    "button.remove": "Remove",
    "button.copy_code": "Copy",
    "button.older": "Show older messages",
    # The banner
    "banner.no_token": "Sign in to talk to your agent.",
    "banner.signed_out": "Your sign-in has ended. What you wrote is kept.",
    "banner.forbidden": "This account cannot open this chat.",
    "banner.refused": "The push server refused the connection.",
    "banner.refused.because": "The push server refused the connection: {reason}",
    "banner.loading_failed": "History could not be loaded.",
    "banner.loading_failed.because": "History could not be loaded: {reason}",
    "banner.unreachable": "The server cannot be reached. What you see may be out of date.",
    "banner.problem": "The server reports a problem: {reason}",
    "banner.not_configured": "Live updates are not set up. Messages arrive every few seconds.",
    # Messages
    "author.user": "You",
    "author.assistant": "Agent",
    "author.system": "Note",
    "delivery.queued": "Waiting to be sent",
    "delivery.queued.because": "Waiting to be sent: {reason}",
    "delivery.queued.again": "{reason} Trying again",
    "delivery.sending": "Sending",
    "delivery.unconfirmed": "Not confirmed yet. Looking for it",
    "delivery.unconfirmed.because": "Not confirmed yet: {reason} Looking for it",
    "delivery.failed": "Not sent",
    "delivery.failed.because": "Not sent: {reason}",
    "message.failed": "Failed",
    "message.failed.because": "Failed: {reason}",
    "message.picture": "Picture: {name}",
    "message.table": "Table",
    "message.code": "Code",
    "message.code.named": "Code: {language}",
    "message.cut": "… Only the first {shown:,} of {length:,} characters are shown.",
    "gap.fetching.one": "1 message missing · fetching",
    "gap.fetching.other": "{count} messages missing · fetching",
    "gap.stuck.one": "1 message missing · the server does not send it",
    "gap.stuck.other": "{count} messages missing · the server does not send them",
    # Steps and turns
    "step.name": "Step {number}",
    "step.done": "Done",
    "step.failed": "Failed",
    "step.running": "Running",
    "step.stopped": "Stopped",
    "step.more": "Details",
    "step.thought": "Thought",
    "step.verification": "Check",
    "step.correction": "Correction",
    "run.failed": "The run failed.",
    "run.interrupted": "The run was interrupted.",
    "run.cancelled": "The run was cancelled.",
    "turn.steps.one": "1 step",
    "turn.steps.other": "{count} steps",
    "turn.failed.one": "1 failed",
    "turn.failed.other": "{count} failed",
    "turn.seconds": "{seconds} s",
    "turn.minutes": "{minutes} min {seconds} s",
    "turn.working": "Working",
    "turn.worked": "Worked for {duration}",
    # The working line
    "working.thinking": "Thinking",
    "working.executing": "Working",
    "working.executing.doing": "Doing: {action}",
    "working.verifying": "Checking the result",
    "working.processing": "Working on it",
    "working.correcting": "Trying another way",
    "working.step": "step {number}",
    "working.lost": "Connection lost. The agent may still be working.",
    # Nothing to show
    "empty.heading": "What should the agent do?",
    "empty.text": "Ask for something on the web. The agent's steps appear here as it takes them.",
    "empty.no_session": "No conversations yet",
    "empty.examples": "Some ways to begin",
    "empty.example.1": "Find a table for two near the station on Friday evening",
    "empty.example.2": "Compare the three cheapest flights to Lisbon next month",
    "empty.example.3": "Fill in the expense form on this page from my notes",
    "empty.no_token": "Your conversations appear here",
    "empty.no_token.text": "Sign in once; after that the panel opens where you left it.",
    "loading.conversation": "Loading conversation",
    # The session list
    "sessions.new": "New chat",
    "sessions.unread": "{count} new",
    "sessions.unread.many": "{count}+ new",
    "sessions.none": "No conversations yet.",
    "sessions.completed": "Done",
    "sessions.failed": "Failed",
    "sessions.interrupted": "Interrupted",
    # The line under the composer
    "hint.keys": "Enter sends · Shift+Enter starts a new line",
    "hint.no_token": "Sign in to send. What you type is kept.",
    "hint.forbidden": "This account cannot write here. What you type is kept.",
    "hint.waiting.one": "1 message waits to be sent.",
    "hint.waiting.other": "{count} messages wait to be sent.",
    # Said to screen readers
    "said.connected": "Back online.",
    "said.worse": "{state}. {why}",
    "said.not_sent": "Message not sent. {reason}",
    "said.loading_failed": "History could not be loaded.",
    "said.copied": "Copied",
    "said.finished": "Agent finished.",
}


def say(id_: str, **values: object) -> str:
    """The words of `id_`, with `values` put in. Raises `KeyError` for an unknown id or value."""
    words = WORDS[id_]
    return words.format(**values) if values else words


def plural(id_: str, count: int) -> str:
    """The form of `id_` that fits `count`, which is put in as `count`."""
    return say(f"{id_}.one" if count == 1 else f"{id_}.other", count=count)
