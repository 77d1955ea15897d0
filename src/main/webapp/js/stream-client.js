/**
 * Reads one stream of the hub with the browser's own EventSource, and behaves as the hub expects
 * of a client (README, "Reading").
 *
 * States, each given to `onState(name, detail)`:
 *   connecting
 *   live
 *   reconnecting  detail: {reason, at}   at: when it tries again, in Date.now()'s time, if that is known
 *   denied        detail: {reason, status}  401: nobody it knows; 403: may not read this; stays closed
 *   failed        detail: {reason}       asking again would not help; stays closed
 *   ended         detail: {reason}       the hub ended it for good; stays closed
 *   stopped                              stop() was called
 *
 * EventSource keeps the position of id-only blocks to itself, but every event that it gives out
 * carries the newest position as lastEventId, also a farewell that has no id of its own. So the
 * position known here is exact whenever the hub says goodbye.
 */

/** Ended by decision; coming back uninvited would fight it. A shutdown, if it names no time. */
const FINAL = new Set(['replaced', 'revoked', 'closed_by_admin', 'server_shutdown']);

/** The server's own names, which no event may have. */
const OWN = new Set(['error', 'gap', 'bye', 'server_shutdown', 'hello', 'heartbeat']);

/** Each type that is listened to is kept for as long as this client; a stream may have any number. */
export const TYPES_LIMIT = 200;

/** From one look at a hub that is not there to the next; doubled each time, up to the longest. */
const FIRST_PAUSE_MILLIS = 1000;
const LONGEST_PAUSE_MILLIS = 30000;

export class StreamClient {
  #source = null;
  #types = new Set(['message']);
  #retry = 0;
  #failures = 0;
  #waiting = null;
  #farewell = '';

  /**
   * @param {(position: string|null) => string} urlAt the stream's address from a position on
   * @param {{onState: Function, onEvent: Function, onGap: Function, onDropped: Function,
   *     renew: Function}} handlers `renew` gets a new credential when the old one has expired; what
   *     it returns is awaited. Without it the client comes back with what it has
   */
  constructor(urlAt, handlers) {
    this.urlAt = urlAt;
    this.handlers = handlers;
    this.position = null;
  }

  /** Connects, from `position` on if there is one. */
  start(position = this.position) {
    this.#close();
    this.position = position;
    this.#state('connecting');
    this.#open();
  }

  stop() {
    this.#close();
    this.#state('stopped');
  }

  /**
   * EventSource gives out only events whose type is listened to; asking again does nothing.
   *
   * @returns {boolean} whether it is; false once there are too many types
   */
  listenTo(type) {
    if (!this.#types.has(type) && !OWN.has(type) && this.#types.size < TYPES_LIMIT) {
      this.#types.add(type);
      this.#source?.addEventListener(type, this.#onEvent);
    }
    return this.isListeningTo(type);
  }

  isListeningTo(type) {
    return this.#types.has(type);
  }

  #open() {
    const source = new EventSource(this.urlAt(this.position));
    this.#source = source;
    source.addEventListener('open', event => {
      // An event of this type arrives under the same name as EventSource's own.
      if (event instanceof MessageEvent) {
        return;
      }
      this.#failures = 0;
      this.#farewell = '';
      this.#state('live');
    });
    // The hub's `event: error` arrives under the same name as EventSource's own; only it has data.
    source.addEventListener('error', event => {
      if (event instanceof MessageEvent) {
        this.#note(event);
        this.handlers.onDropped(json(event.data).dropped_count ?? 0);
      } else {
        this.#broken();
      }
    });
    source.addEventListener('gap', event => {
      this.#note(event);
      this.handlers.onGap(json(event.data));
    });
    source.addEventListener('bye', event => this.#bye(event));
    source.addEventListener('server_shutdown', event => this.#bye(event));
    this.#types.forEach(type => source.addEventListener(type, this.#onEvent));
  }

  #onEvent = event => {
    if (!(event instanceof MessageEvent)) {
      return;
    }
    // Browsers give the id that came before to an event without one, also over a reconnect.
    const id = event.lastEventId === this.position ? '' : event.lastEventId;
    this.#note(event);
    if (!isHello(event)) {
      this.handlers.onEvent({id, type: event.type, data: event.data});
    }
  };

  #note(event) {
    if (event.lastEventId) {
      this.position = event.lastEventId;
    }
  }

  #bye(event) {
    this.#note(event);
    const {reason = event.type, reconnect_in_ms: pause} = json(event.data);
    if (Number.isFinite(pause)) {
      this.#close();
      this.#again(pause, reason);
    } else if (reason === 'token_expired') {
      this.#close();
      this.#renew(reason);
    } else if (FINAL.has(reason)) {
      this.#close();
      this.#state('ended', {reason});
    } else {
      // The browser comes back by itself, with its own exact position.
      this.#farewell = reason;
    }
  }

  #broken() {
    if (this.#source?.readyState === EventSource.CONNECTING) {
      this.#state('reconnecting', {reason: this.#farewell});
    } else {
      this.#close();
      this.#ask();
    }
  }

  /** Also if that fails: the hub then says itself what it thinks of the old credential. */
  async #renew(reason) {
    const renewal = this.#cancellable();
    this.#state('reconnecting', {reason});
    try {
      await this.handlers.renew?.();
    } catch {
      // See above.
    }
    if (!renewal.aborted) {
      this.#again(this.#pause(), reason);
    }
  }

  /** EventSource does not tell why it was refused, so the same is asked once more, in the open. */
  async #ask() {
    const probe = this.#cancellable();
    let answer;
    try {
      answer = await fetch(this.urlAt(this.position), {
        headers: {Accept: 'text/event-stream'},
        signal: probe,
        cache: 'no-store',
      });
    } catch {
      if (!probe.aborted) {
        this.#again(this.#pause(), 'the hub cannot be reached');
      }
      return;
    }
    const reason = answer.ok ? 'the connection was lost' : await problem(answer);
    if (probe.aborted) {
      return;
    }
    if (answer.ok) {
      this.#close();
      this.#again(this.#pause(), reason);
      return;
    }
    if (answer.status === 401 || answer.status === 403) {
      this.#state('denied', {reason, status: answer.status});
    } else if (answer.status === 429 || answer.status >= 500 || isOthers(answer)) {
      const seconds = Number.parseInt(answer.headers.get('Retry-After') ?? '', 10);
      this.#again(Number.isFinite(seconds) ? seconds * 1000 : this.#pause(), reason);
    } else {
      this.#state('failed', {reason});
    }
  }

  #again(pauseMillis, reason) {
    this.#state('reconnecting', {reason, at: Date.now() + pauseMillis});
    this.#retry = setTimeout(() => this.#open(), pauseMillis);
  }

  /** Grows, and differs between clients, so that a hub that comes back is not stormed. */
  #pause() {
    const longest = Math.min(FIRST_PAUSE_MILLIS * 2 ** this.#failures++, LONGEST_PAUSE_MILLIS);
    return longest * (0.5 + Math.random() / 2);
  }

  /** What is waited for between two connections is for nothing once this is closed. */
  #cancellable() {
    this.#waiting = new AbortController();
    return this.#waiting.signal;
  }

  #close() {
    clearTimeout(this.#retry);
    this.#waiting?.abort();
    this.#source?.close();
    this.#source = null;
  }

  #state(name, detail = {}) {
    this.handlers.onState(name, detail);
  }
}

/** The one sentence of a problem document (RFC 9457), or what there is instead. */
export async function problem(answer) {
  try {
    const body = await answer.json();
    return body.error ?? body.detail ?? body.title ?? `status ${answer.status}`;
  } catch {
    return `status ${answer.status}`;
  }
}

/**
 * A 404 in words that are not the hub's. While the hub is redeployed, and when a server starts, the
 * server says so itself, and the hub is there a moment later.
 */
function isOthers(answer) {
  const type = answer.headers.get('Content-Type') ?? '';
  return answer.status === 404 && !type.startsWith('application/problem+json');
}

/** Where a stream's events go out without names, its hello does, too; it has no id and no other mark. */
function isHello({type, data}) {
  const {type: said, connectionId, ...rest} = type === 'message' ? json(data) : {};
  return said === 'hello' && typeof connectionId === 'string' && Object.keys(rest).length === 0;
}

function json(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
