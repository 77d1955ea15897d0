/** The events as they come, the newest first; the oldest make room. */

import {show} from './json-text.js';

const SHOWN_LIMIT = 200;

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
  #unannounced = [];
  #announcing = 0;

  constructor({list, empty, count, clear, announcer, eventTemplate, markTemplate}) {
    Object.assign(this, {list, empty, count, clearButton: clear, announcer, eventTemplate, markTemplate});
    clear.addEventListener('click', () => this.clear());
    this.clear();
  }

  clear() {
    this.#ids.clear();
    this.#waiting = [];
    this.#unannounced = [];
    this.#seen = 0;
    this.announcer.textContent = '';
    this.list.replaceChildren();
    this.#tell();
  }

  /** Whether an event with this id was added since the list was cleared. */
  has(id) {
    return this.#ids.has(id);
  }

  /** @param {{id: string, type: string, data: string, time: Date, keys: string[]}} event */
  add(event) {
    if (event.id && this.#ids.has(event.id)) {
      return;
    }
    this.#ids.add(event.id);
    this.#seen++;
    this.#unannounced.push(event.type);
    this.#push(() => this.#eventItem(event));
  }

  /** Something that happened between events. */
  mark(kind, title, text) {
    this.#push(() => {
      const item = this.markTemplate.content.cloneNode(true).firstElementChild;
      item.classList.add(kind);
      item.querySelector('strong').textContent = title;
      item.querySelector('span').textContent = text;
      setTime(item.querySelector('time'), new Date());
      return item;
    });
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
      const last = this.list.lastElementChild;
      this.#ids.delete(last.dataset.id);
      last.remove();
    }
    if (this.#ids.size > 10 * SHOWN_LIMIT) {
      this.#ids = new Set([...this.#ids].slice(-SHOWN_LIMIT));
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
      const types = this.#unannounced;
      this.#unannounced = [];
      if (types.length > 0) {
        this.announcer.textContent = types.length === 1
            ? `Event ${types[0]}`
            : `${types.length} events, the newest is ${types.at(-1)}`;
      }
    }, this.announcer.textContent ? ANNOUNCE_MILLIS : 0);
  }
}

function setTime(element, time) {
  element.dateTime = time.toISOString();
  element.textContent = CLOCK.format(time);
}
