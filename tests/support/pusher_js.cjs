// Runs the official client for pusher_js.py.
//
// The environment variable THREADLINE_JOB says where to connect. Each line on standard input is an
// order: {"subscribe": channel} or {"unsubscribe": channel}. Each line on standard output tells
// one thing: {kind: "connected" | "subscribed" | "refused" | "event" | "error", ...}.

"use strict";

const { createRequire } = require("node:module");
const path = require("node:path");
const readline = require("node:readline");

const job = JSON.parse(process.env.THREADLINE_JOB);
const Pusher = createRequire(path.join(job.packages, "package.json"))("pusher-js");

// A browser names the page's origin; Node names none.
Pusher.Runtime.createWebSocket = (url) => new WebSocket(url, { headers: { Origin: job.origin } });

const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");

const pusher = new Pusher(job.key, {
  cluster: "",
  wsHost: "127.0.0.1",
  wsPort: job.port,
  forceTLS: false,
  enabledTransports: ["ws"],
  enableStats: false,
  authEndpoint: job.authEndpoint,
  auth: { headers: { Authorization: `Bearer ${job.token}` } },
});

pusher.connection.bind("connected", () =>
  tell({ kind: "connected", socketId: pusher.connection.socket_id }),
);
pusher.connection.bind("error", (error) => tell({ kind: "error", error }));
pusher.bind_global((name, data) => {
  if (!name.startsWith("pusher:")) tell({ kind: "event", name, data });
});

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const order = JSON.parse(line);
  if (order.unsubscribe) pusher.unsubscribe(order.unsubscribe);
  if (!order.subscribe) return;
  const channel = pusher.subscribe(order.subscribe);
  channel.bind("pusher:subscription_succeeded", () =>
    tell({ kind: "subscribed", channel: channel.name }),
  );
  channel.bind("pusher:subscription_error", (error) =>
    tell({ kind: "refused", channel: channel.name, status: error.status }),
  );
});
