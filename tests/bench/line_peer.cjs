// Runs pusher-js, unmodified, against the scripted servers of line.py: one client for each.
//
// The environment variable THREADLINE_JOB has {packages, channel, lines: {name: port}}. Each line on standard output tells
// one thing: {line, kind: "joined" | "refused"}; the servers see all else.

"use strict";

const { createRequire } = require("node:module");
const path = require("node:path");

const job = JSON.parse(process.env.THREADLINE_JOB);
const Pusher = createRequire(path.join(job.packages, "package.json"))("pusher-js");

for (const [line, port] of Object.entries(job.lines)) {
  const tell = (kind) => process.stdout.write(JSON.stringify({ line, kind }) + "\n");
  const pusher = new Pusher("peer", {
    cluster: "",
    wsHost: "127.0.0.1",
    wsPort: port,
    forceTLS: false,
    enabledTransports: ["ws"],
    enableStats: false,
    channelAuthorization: { customHandler: (_, answer) => answer(null, { auth: "peer:signature" }) },
  });
  pusher.connection.bind("error", () => {}); // without a listener pusher-js prints it
  const channel = pusher.subscribe(job.channel);
  channel.bind("pusher:subscription_succeeded", () => tell("joined"));
  channel.bind("pusher:subscription_error", () => tell("refused"));
}
