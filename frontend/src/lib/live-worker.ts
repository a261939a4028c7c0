/** One event stream for the whole browser: every page that is open hangs on this shared worker. */
import type { FromPage, ToPage } from "./live-protocol";
import { LiveStream } from "./live-stream";

const pages = new Map<MessagePort, Set<string>>();

function tell(message: ToPage): void {
  for (const [port, topics] of pages) {
    if (message.kind === "state" || topics.has(message.topic)) port.postMessage(message);
  }
}

const stream = new LiveStream(tell);
const wanted = (): string[] => [...new Set([...pages.values()].flatMap((topics) => [...topics]))].sort();

(self as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  pages.set(port, new Set());
  port.onmessage = (heard: MessageEvent<FromPage>) => {
    if (heard.data.kind === "bye") pages.delete(port);
    else pages.set(port, new Set(heard.data.topics));
    stream.want(wanted());
    stream.repeatState(tell);
  };
};
