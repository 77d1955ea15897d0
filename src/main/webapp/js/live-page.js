/** The page: one stream, live; what is looked at stands in the address. */

import {Account} from './account.js';
import {EventList} from './event-list.js';
import {me, page, publishUrl, streams, streamUrl} from './hub.js';
import {PublishForm} from './publish-form.js';
import {Signal} from './signal.js';
import {StreamClient, TYPES_LIMIT} from './stream-client.js';
import {loginAddress} from './way-back.js';

/**
 * How often the stream's JSON pages are looked at. EventSource gives out only types that are
 * listened to; a type that is new shows up here first, and from then on arrives live, unless there
 * are too many. Where the stream does not get through (a proxy that holds it back), this alone
 * carries the events.
 */
const LOOK_MILLIS = 2000;
const LOOK_LIMIT = 200;

/** A stream that has not opened by then does not get through. */
const PATIENCE_MILLIS = 6000;

const by = id => document.getElementById(id);

const signal = new Signal({
  root: by('signal'), name: by('state-name'), detail: by('state-detail'),
  when: by('state-when'), disc: document.querySelector('.disc'),
});
const list = new EventList({
  list: by('events'), empty: by('empty'), count: by('count'), clear: by('clear'),
  announcer: by('announcer'), eventTemplate: by('event-template'), markTemplate: by('mark-template'),
});

class Listening {
  #look = 0;
  #abort = new AbortController();
  #state = 'connecting';
  #detail = {};
  #isPatient = true;
  #isAfterGap = false;
  #position = '';

  constructor(view) {
    this.view = view;
    this.client = new StreamClient(position => streamUrl(view, position), {
      onState: (state, detail) => this.#onState(state, detail),
      onEvent: event => this.#add({...event, time: new Date(), keys: []}),
      onGap: gap => this.#onGap(gap),
      renew,
      onDropped: count => list.mark('gap', 'Dropped', `${count.toLocaleString()} events, because this reader was too slow.`),
    });
    view.types.forEach(type => this.client.listenTo(type));
  }

  /** The pages' position comes first, so that nothing falls between them and the stream. */
  async start() {
    signal.show('connecting', {}, this.#about());
    try {
      this.#position = (await this.#page({since: Date.now(), limit: 1})).next;
    } catch {
      // The stream's own answer will say what is wrong.
    }
    if (this.#abort.signal.aborted) {
      return;
    }
    this.client.start();
    this.patience = setTimeout(() => {
      this.#isPatient = false;
      this.#tell();
    }, PATIENCE_MILLIS);
    this.#lookLater();
  }

  stop() {
    this.#abort.abort();
    clearTimeout(this.#look);
    clearTimeout(this.patience);
    this.client.stop();
  }

  get isOver() {
    return ['denied', 'failed', 'ended', 'stopped'].includes(this.#state);
  }

  get isUnauthenticated() {
    return this.#state === 'denied' && this.#detail.status === 401;
  }

  know(type) {
    offer(type);
    if (!this.client.listenTo(type)) {
      by('too-many-types').hidden = false;
    }
  }

  #add(event) {
    if (list.has(event.id)) {
      return;
    }
    signal.flash();
    list.add(event);
    // What is retained tells how things stand, not that they go on.
    if (this.#isAfterGap && event.id) {
      this.#isAfterGap = false;
      this.#tell();
    }
  }

  #onGap(gap) {
    this.#isAfterGap = true;
    list.mark('gap', 'Gap', gapText(gap));
    this.#tell();
  }

  #onState(state, detail) {
    this.#state = state;
    this.#detail = detail;
    this.#tell();
    by('toggle').textContent = this.isOver ? 'Listen' : 'Stop';
    offerLogin();
    if (this.isUnauthenticated || (state === 'ended' && detail.reason === 'revoked')) {
      // Perhaps somebody logged out, here or in another window.
      account.look();
    }
  }

  #tell() {
    if (this.#state === 'connecting' && !this.#isPatient && this.#position) {
      // The pages answer while the stream does not open.
      signal.show('polling', {reason: 'the stream itself does not get through'}, this.#about());
    } else if (this.#state === 'live' && this.#isAfterGap) {
      signal.show('gap', {reason: 'something is missing before what comes next'}, this.#about());
    } else {
      signal.show(this.#state, this.#detail, this.#about());
    }
  }

  #about() {
    const {stream, key, types} = this.view;
    return [stream, key, types.join(' ')].filter(Boolean).join(' / ');
  }

  #lookLater() {
    this.#look = setTimeout(async () => {
      if (!this.isOver && !document.hidden && this.#state !== 'reconnecting') {
        await this.#lookNow();
      }
      if (!this.#abort.signal.aborted) {
        this.#lookLater();
      }
    }, LOOK_MILLIS);
  }

  #page(parameters) {
    return page(this.view, parameters, this.#abort.signal);
  }

  async #lookNow() {
    try {
      const isLive = this.#state === 'live';
      const {events, next} = await this.#page({after: this.#position, limit: LOOK_LIMIT});
      this.#position = next;
      const isBehind = events.length === LOOK_LIMIT;
      let allCameLive = true;
      for (const {id, type, time, keys, data} of events) {
        const cameLive = isLive && this.client.isListeningTo(type);
        allCameLive &&= cameLive;
        this.know(type);
        // When so much comes, the list may have forgotten already what came live.
        if (!isBehind || !cameLive) {
          this.#add({id, type, keys, time: new Date(time), data: JSON.stringify(data)});
        }
      }
      if (isBehind) {
        // Too fast to look at each: look again from now on.
        this.#position = (await this.#page({since: Date.now(), limit: 1})).next;
        if (!allCameLive) {
          list.mark('gap', 'Skipped', 'More came here than this page can fetch.');
        }
      }
    } catch {
      // The next look finds it; a hub that is gone is noticed by the stream itself.
    }
  }
}

const account = new Account(
    {
      root: by('account'), name: by('account-name'), roles: by('account-roles'),
      button: by('log-out'), problem: by('account-problem'),
    },
    caller => {
      isNobody = caller === null;
      publishForm.forbid(whyNoPublishing(caller));
      offerLogin();
    });
const publishForm = new PublishForm(
    {
      form: by('publish-form'), fields: by('publish-fields'), reason: by('publish-reason'),
      type: by('publish-type'), key: by('publish-key'), data: by('publish-data'),
      dataProblem: by('publish-data-problem'), result: by('publish-result'), button: by('publish'),
    },
    () => by('stream').value,
    ({type}) => listening.know(type));

let listening = null;
let isNobody = false;

function listen() {
  const view = {
    stream: by('stream').value,
    key: by('key').value.trim(),
    types: [...new Set(by('types').value.split(',').map(type => type.trim()).filter(Boolean))],
  };
  // Enter in a field is a change and a submission.
  if (listening && !listening.isOver && JSON.stringify(view) === JSON.stringify(listening.view)) {
    return;
  }
  listening?.stop();
  list.clear();
  by('too-many-types').hidden = true;
  const address = new URLSearchParams({stream: view.stream});
  if (view.key) address.set('key', view.key);
  if (view.types.length > 0) address.set('types', view.types.join(','));
  history.replaceState(null, '', `?${address}`);
  by('log-in').href = loginAddress();
  by('example').textContent = example(view);
  listening = new Listening(view);
  listening.start();
}

function example({stream, key, types}) {
  const event = {type: types[0] ?? 'greeting', ...(key && {keys: [key]}), data: {text: 'hello'}};
  return `curl -H "Authorization: Bearer $KEY" \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(event).replaceAll("'", '\\u0027')}' \\\n  ${publishUrl(stream)}`;
}

function gapText({reason, requested}) {
  return {
    trimmed: 'Events before this point are no longer kept.',
    limit: 'The position was further back than is replayed.',
    unknown: `The position ${requested ?? ''} is none of this log's.`,
  }[reason] ?? 'Events are missing before this point.';
}

const offered = new Set();

/** Among the types that the form proposes. */
function offer(type) {
  if (!offered.has(type) && offered.size < TYPES_LIMIT) {
    offered.add(type);
    by('known-types').append(new Option(type, type));
  }
}

async function begin() {
  account.look();
  const address = new URLSearchParams(location.search);
  by('key').value = address.get('key') ?? '';
  by('types').value = address.get('types') ?? '';
  const wanted = address.get('stream') ?? 'events';
  const select = by('stream');
  let names = ['events'];
  try {
    names = await streams();
  } catch {
    // The state of the connection says it.
  }
  if (!names.includes(wanted)) {
    names.push(wanted);
  }
  select.replaceChildren(...names.map(name => new Option(name, name, false, name === wanted)));

  const form = by('stream-form');
  form.addEventListener('submit', event => {
    event.preventDefault();
    listen();
  });
  form.addEventListener('change', listen);
  by('toggle').addEventListener('click', () => {
    if (listening.isOver) {
      listen();
    } else {
      listening.stop();
    }
  });
  listen();
}

function offerLogin() {
  by('log-in').hidden = !(isNobody || listening?.isUnauthenticated);
}

/** Another window may have logged in again already; then this one just comes back. */
async function renew() {
  if (await me() === null) {
    location.assign(loginAddress());
    await new Promise(() => {});
  }
}

function whyNoPublishing(caller) {
  if (caller === null) {
    return 'Nobody is logged in here. Publishing needs the role events-publish.';
  }
  return caller.roles.includes('events-publish')
      ? ''
      : `${caller.name} may not publish: that needs the role events-publish, which an administrator gives.`;
}

// Going back after a logout must not bring up what was read before it.
addEventListener('pageshow', event => event.persisted && location.reload());
begin();
