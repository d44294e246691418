// A customer who talks by botframework-directlinejs, as it is on npm. The one
// argument is what its DirectLine is made of, as JSON: domain, token, webSocket …
// Commands: say TEXT; press TITLE, of what was offered last; fill TEXT, into
// the card to be sent; anew, what a page does that has lost its connection for
// good.
import { randomUUID } from 'node:crypto';
import { ConnectionStatus, DirectLine } from 'botframework-directlinejs';
import WebSocket from 'ws';
import XMLHttpRequest from 'xhr2';
import { obey, report } from './talk.mjs';

Object.assign(globalThis, { WebSocket, XMLHttpRequest }); // what it finds in browsers

const options = {
  ...JSON.parse(process.argv[2]),
  random: () => 0, // it comes back after 3 to 15 seconds; this one after 3
};

let line; // the DirectLine
let listening; // to its activities
let offers = {}; // what may be pressed, by title
let filled = {}; // what is filled in

connect();
await obey({ say, press, fill, anew });
process.exit();

function connect(from = {}) {
  line = new DirectLine({ ...options, ...from });
  line.connectionStatus$.subscribe(status => report({ status: ConnectionStatus[status] }));
  listening = line.activity$.subscribe(
    activity => {
      report({ activity });
      offer(activity);
    },
    error => report({ error: `activities: ${error.message ?? error.type}` })
  );
}

function anew() {
  const { conversationId, token, watermark } = line;
  listening.unsubscribe();
  line.end();
  connect({ conversationId, token, watermark });
}

function say(text) {
  post({ text });
}

function press(title) {
  post(offers[title]());
}

function fill(text) {
  filled = { order: text };
}

// offer keeps what an activity offers, as posts that stand for the press.
function offer({ suggestedActions, attachments = [] }) {
  for (const { type, title, text, displayText, value } of suggestedActions?.actions ?? []) {
    offers[title] = () =>
      type === 'imBack' ? { text: value } : { text, value, channelData: { messageBack: { displayText } } };
  }
  for (const { title, data } of attachments.flatMap(({ content }) => content?.actions ?? [])) {
    offers[title] = () => ({ value: { ...data, ...filled }, channelData: { postBack: true } });
  }
}

// post posts until the host has taken it, always under the same name, so that
// it happens once.
function post({ channelData, ...activity }) {
  const named = { ...channelData, clientActivityID: randomUUID() };
  const again = () =>
    line.postActivity({ type: 'message', from: { id: 'dl_kim' }, ...activity, channelData: named }).subscribe(
      id => id === 'retry' && setTimeout(again, 200),
      error => report({ error: `post: ${error.message}` })
    );
  again();
}
