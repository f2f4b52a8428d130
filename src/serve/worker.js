// One connection to the server for all tabs of the preview.
"use strict";

const ports = new Set();
let last = null;

function tell(news) {
  for (const port of ports) port.postMessage(news);
}

function listen() {
  const source = new EventSource("/_throughline/events");
  source.onmessage = (event) => {
    const news = JSON.parse(event.data);
    // A tab that comes later is told where things stand, not what happened before it came.
    last = { ...news, moved: {}, edited: [] };
    tell(news);
  };
  source.onerror = () => {
    last = { isGone: true };
    tell(last);
    // The browser comes back by itself, unless somebody else answers at this address meanwhile.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  };
}

onconnect = (event) => {
  const [port] = event.ports;
  ports.add(port);
  port.onmessage = () => ports.delete(port);
  if (last) port.postMessage(last);
};

listen();
