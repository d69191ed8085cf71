// What the budgets are measured against: a small panel on React, zustand with immer, and pusher-js, as such panels
// are commonly written. It reads the newest page of a session by REST, joins its private channel, and merges and
// sorts each pushed message into its store. No caching, no repair, no windowing: the stack alone. With `?follow=1` its
// log stays at its end, so that what comes in is on the screen, as in ours; without it, what is beyond the log's height
// is never painted.
import React, { useEffect, useLayoutEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { create } from 'zustand';
import { immer } from 'zustand/middleware/immer';
import Pusher from 'pusher-js';

const SERVER = __CONFIGURATION__; // put in by the bundler: {api, key, host, port}
const asked = new URLSearchParams(location.search);
const session = asked.get('session');

const useStore = create(immer(() => ({ messages: [], state: 'disconnected' })));

const messageFrom = (wire) => ({
  id: wire.messageId,
  role: wire.role,
  content: wire.content,
  sequenceNumber: wire.sequenceNumber,
  timestamp: new Date(wire.timestamp),
});

const add = (message) => useStore.setState((draft) => {
  if (draft.messages.some((known) => known.id === message.id)) return;
  draft.messages.push(message);
  draft.messages.sort((a, b) => a.sequenceNumber - b.sequenceNumber);
});

async function start() {
  const { accessToken } = await chrome.storage.local.get('accessToken');
  const headers = { Authorization: `Bearer ${accessToken}` };
  fetch(`${SERVER.api}/api/session/${session}/messages?limit=${asked.get('limit') ?? 50}`, { headers })
    .then((response) => response.json())
    .then(({ messages }) => useStore.setState((draft) => { draft.messages = messages.map(messageFrom); }));
  const authorize = async ({ socketId, channelName }, done) => {
    const body = new URLSearchParams({ socket_id: socketId, channel_name: channelName });
    const response = await fetch(`${SERVER.api}/api/pusher/auth`, { method: 'POST', headers, body });
    done(response.ok ? null : new Error(response.status), response.ok ? await response.json() : null);
  };
  const pusher = new Pusher(SERVER.key, {
    wsHost: SERVER.host,
    wsPort: SERVER.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    cluster: 'none',
    disableStats: true,
    channelAuthorization: { customHandler: authorize },
  });
  const channel = pusher.subscribe(`private-session-${session}`);
  channel.bind('pusher:subscription_succeeded', () => useStore.setState({ state: 'connected' }));
  channel.bind('new_message', ({ message }) => add(messageFrom(message)));
}

const Row = React.memo(({ message }) => (
  <article data-message-id={message.id} data-sequence={message.sequenceNumber} data-role={message.role}>
    <header>
      {message.role} <time dateTime={message.timestamp.toISOString()}>{message.timestamp.toLocaleTimeString()}</time>
    </header>
    <p>{message.content}</p>
  </article>
));

function Panel() {
  const messages = useStore((store) => store.messages);
  const state = useStore((store) => store.state);
  const log = useRef(null);
  useEffect(() => { start(); }, []);
  useLayoutEffect(() => {
    if (asked.has('follow')) log.current.scrollTop = log.current.scrollHeight;
  }, [messages]);
  return (
    <main>
      <button data-connection-state={state}>{state}</button>
      <div role="log" aria-label="Conversation" ref={log}>
        {messages.map((message) => <Row key={message.id} message={message} />)}
      </div>
      <textarea aria-label="Message" />
      <button>Send</button>
    </main>
  );
}

createRoot(document.getElementById('root')).render(<Panel />);
