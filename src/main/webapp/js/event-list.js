/** The events as they come, the newest first; the oldest make room. */

import {show} from './json-text.js';

const SHOWN_LIMIT = 200;

/** The newest ids are remembered, at least half as many: the stream and a look bring the same event. */
const IDS_LIMIT = 2000;

/** Longer data begins folded. */
const OPEN_LENGTH = 400;

/** A screen reader is told at most so often. */
const ANNOUNCE_MILLIS = 3000;

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23',
});

export class EventList {
  #ids = new Set();
  #waiting = [];
  #frame = 0;
  #seen = 0;
  #unannounced = nothing();
  #announcing = 0;

  constructor({list, empty, count, clear, announcer, eventTemplate, markTemplate}) {
    Object.assign(this, {list, empty, count, clearButton: clear, announcer, eventTemplate, markTemplate});
    clear.addEventListener('click', () => this.clear());
    this.clear();
  }

  clear() {
    this.#ids.clear();
    this.#waiting = [];
    this.#unannounced = nothing();
    this.#seen = 0;
    this.announcer.textContent = '';
    this.list.replaceChildren();
    this.#tell();
  }

  /** Whether an event with this id was added lately. */
  has(id) {
    return this.#ids.has(id);
  }

  /**
   * A page in the background is given no frame to draw in, perhaps for days: whatever is kept here
   * has its bound here.
   *
   * @param {{id: string, type: string, data: string, time: Date, keys: string[]}} event one that is
   *     retained has no id
   */
  add(event) {
    if (this.has(event.id)) {
      return;
    }
    if (event.id) {
      this.#remember(event.id);
    }
    this.#seen++;
    this.#unannounced.events++;
    this.#unannounced.newest = event.type;
    this.#push(() => this.#eventItem(event));
  }

  /** Something that happened between events. */
  mark(kind, title, text) {
    this.#unannounced.mark = `${title}: ${text}`;
    this.#push(() => {
      const item = this.markTemplate.content.cloneNode(true).firstElementChild;
      item.classList.add(kind);
      item.querySelector('strong').textContent = title;
      item.querySelector('span').textContent = text;
      setTime(item.querySelector('time'), new Date());
      return item;
    });
  }

  #remember(id) {
    this.#ids.add(id);
    if (this.#ids.size > IDS_LIMIT) {
      this.#ids = new Set([...this.#ids].slice(-IDS_LIMIT / 2));
    }
  }

  /** A burst costs one change of the page, and never more than what is shown of it. */
  #push(make) {
    this.#waiting.push(make);
    if (this.#waiting.length > SHOWN_LIMIT) {
      this.#waiting.shift();
    }
    // A page in the background gets no frames; it is brought up to date when it is looked at.
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    this.#waiting.forEach(make => this.#place(make()));
    this.#waiting = [];
    while (this.list.childElementCount > SHOWN_LIMIT) {
      this.list.lastElementChild.remove();
    }
    this.#tell();
    this.#announce();
  }

  /** On top, but for an event that was found late: ids grow. */
  #place(item) {
    const id = Number(item.dataset.id || Infinity);
    let next = this.list.firstElementChild;
    while (next && Number(next.dataset.id || 0) > id) {
      next = next.nextElementSibling;
    }
    this.list.insertBefore(item, next);
  }

  #eventItem({id, type, data, time, keys}) {
    const item = this.eventTemplate.content.cloneNode(true).firstElementChild;
    item.dataset.id = id;
    item.querySelector('.type').textContent = type;
    item.querySelector('.keys').textContent = keys.join(', ');
    item.querySelector('.id').textContent = id || 'retained';
    setTime(item.querySelector('time'), time);
    const details = item.querySelector('details');
    const body = item.querySelector('.data');
    const fill = () => show(data, body);
    if (data.length <= OPEN_LENGTH) {
      fill();
      details.open = true;
    } else {
      details.addEventListener('toggle', fill, {once: true});
    }
    return item;
  }

  #tell() {
    const shown = this.list.childElementCount;
    this.empty.hidden = shown > 0;
    this.list.hidden = shown === 0;
    this.clearButton.hidden = shown === 0;
    const seen = this.#seen.toLocaleString();
    this.count.textContent = this.#seen > SHOWN_LIMIT
        ? `${seen}, the newest ${SHOWN_LIMIT} shown`
        : this.#seen > 0 ? seen : '';
  }

  #announce() {
    this.#announcing ||= setTimeout(() => {
      this.#announcing = 0;
      const {events, newest, mark} = this.#unannounced;
      this.#unannounced = nothing();
      const came = events > 1 ? `${events.toLocaleString()} events, the newest is ${newest}`
          : events === 1 ? `Event ${newest}` : '';
      if (mark || came) {
        this.announcer.textContent = [mark, came].filter(Boolean).join(' ');
      }
    }, this.announcer.textContent ? ANNOUNCE_MILLIS : 0);
  }
}

/** What a screen reader has yet to be told: how much came, and the last thing that went wrong. */
function nothing() {
  return {events: 0, newest: '', mark: ''};
}

function setTime(element, time) {
  element.dateTime = time.toISOString();
  element.textContent = CLOCK.format(time);
}
