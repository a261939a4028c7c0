/** The event stream: topics in, news out. It comes back by itself and asks for what it missed. */
import type { ToPage } from "./live-protocol";

interface News {
  topic?: string;
  seq?: number;
}

export class LiveStream {
  private source: EventSource | null = null;
  private topics = "";
  private last = 0;
  private open = false;
  private heard = 0;

  constructor(private readonly tell: (message: ToPage) => void) {}

  /** Listen to these topics; a change of the set opens a new stream that resumes after the last seq heard. */
  want(topics: string[]): void {
    const joined = topics.join(",");
    if (joined === this.topics) return;
    this.topics = joined;
    this.source?.close();
    this.source = null;
    if (joined) this.start();
  }

  repeatState(tell: (message: ToPage) => void): void {
    tell({ kind: "state", open: this.open, at: this.heard });
  }

  private start(): void {
    const query = new URLSearchParams({ topics: this.topics });
    // A new EventSource has no Last-Event-ID of its own: the query carries it over a change of topics.
    if (this.last) query.set("last", String(this.last));
    const source = new EventSource(`/live/?${query.toString()}`, { withCredentials: true });
    source.onopen = () => this.state(true);
    source.onerror = () => this.failed(source);
    source.onmessage = (event) => this.news(event);
    source.addEventListener("topic", (event) => this.news(event as MessageEvent<string>));
    source.addEventListener("beat", (event) => this.beat(event as MessageEvent<string>));
    this.source = source;
  }

  private failed(source: EventSource): void {
    this.state(false);
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    setTimeout(() => {
      if (this.source === source) this.start();
    }, 5000);
  }

  private state(open: boolean): void {
    this.open = open;
    if (open) this.heard = Date.now();
    this.tell({ kind: "state", open, at: this.heard });
  }

  private beat(event: MessageEvent<string>): void {
    if (event.lastEventId) this.last = Number(event.lastEventId) || this.last;
    this.state(true);
  }

  private news(event: MessageEvent<string>): void {
    this.beat(event);
    const news = JSON.parse(event.data) as News;
    if (news.topic) this.tell({ kind: "news", topic: news.topic, seq: news.seq ?? this.last });
  }
}
