/** The state of the connection: a sentence, and a sun whose height says the same. */

/** How each state reads, with what is listened to where that is not said by the reason. */
const NAMES = {
  connecting: 'Connecting to',
  live: 'Live on',
  gap: 'Gap in',
  reconnecting: 'Reconnecting to',
  polling: 'Polling',
  denied: 'Denied:',
  failed: 'Failed:',
  ended: 'Ended:',
  stopped: 'Stopped,',
};
const SAY_ABOUT = new Set(['connecting', 'live', 'gap', 'reconnecting', 'polling']);

/** What the hub's own words mean to a person. */
const REASONS = {
  server_shutdown: 'the hub is shutting down',
  idle_timeout: 'nothing came for a while',
  max_lifetime: 'the connection had lived long enough',
  too_slow: 'this reader was too slow',
  replaced: 'another connection took its place',
  revoked: 'it was logged out, or its credential revoked',
  token_expired: 'its credential has expired',
  closed_by_admin: 'an administrator closed it',
};

/** Flashes that follow each other faster would be flicker. */
const FLASH_MILLIS = 350;

export class Signal {
  #countdown = 0;
  #flashedAt = 0;

  constructor({root, name, detail, when, disc}) {
    Object.assign(this, {root, name, detail, when, disc});
  }

  show(state, {reason = '', at = 0} = {}, about = '') {
    clearInterval(this.#countdown);
    this.root.dataset.state = state;
    this.name.textContent = NAMES[state];
    const why = REASONS[reason] ?? reason;
    this.detail.textContent =
        [SAY_ABOUT.has(state) && about, why].filter(Boolean).join(': ') || 'not listening';
    const count = () => {
      const seconds = Math.ceil((at - Date.now()) / 1000);
      this.when.textContent = seconds > 0 ? `(again in ${seconds} s)` : '';
    };
    count();
    if (at > 0) {
      this.#countdown = setInterval(count, 1000);
    }
  }

  /** An event came: the mirror catches the sun. */
  flash() {
    const now = performance.now();
    if (now - this.#flashedAt < FLASH_MILLIS
        || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      return;
    }
    this.#flashedAt = now;
    this.disc.animate(
        [{filter: 'brightness(1.6)', transform: 'scale(1.25)'}, {filter: 'none', transform: 'none'}],
        {duration: FLASH_MILLIS * 2, easing: 'ease-out'});
  }
}
