/** Who is logged in, and what that allows; hidden while nobody is. */

import {logOut, me, Refused} from './hub.js';

const MAY = [
  ['events-admin', 'manages keys, tenants and connections'],
  ['events-read-all', 'reads every event'],
  ['events-read-own', 'reads its own events'],
  ['events-publish', 'publishes'],
];

export class Account {
  /** @param {(caller: ?Object) => void} onKnown what `me` says, each time it was asked */
  constructor({root, name, roles, button, problem}, onKnown) {
    Object.assign(this, {root, name, roles, button, problem, onKnown});
    button.addEventListener('click', () => this.#leave());
  }

  /** Without an answer everything stays as it is: the hub itself refuses what is not allowed. */
  async look() {
    let caller;
    try {
      caller = await me();
    } catch {
      return;
    }
    this.root.hidden = caller === null;
    if (caller) {
      this.name.textContent = caller.name ?? 'anonymous';
      const lines = inWords(caller);
      this.name.title = lines.join(', ');
      this.roles.replaceChildren(...lines.map(item));
    }
    this.onKnown(caller);
  }

  async #leave() {
    this.button.disabled = true;
    this.problem.textContent = '';
    try {
      await logOut();
      location.assign(new URL('login.html', document.baseURI));
    } catch (error) {
      this.problem.textContent = error instanceof Refused
          ? error.message
          : 'Still logged in: the hub does not answer.';
      this.button.disabled = false;
    }
  }
}

function inWords({roles, tenant}) {
  const readsAll = roles.includes('events-read-all');
  const lines = MAY
      .filter(([role]) => roles.includes(role) && !(role === 'events-read-own' && readsAll))
      .map(([, words]) => words);
  if (lines.length === 0) {
    lines.push('may nothing yet; an administrator gives roles');
  }
  if (tenant) {
    lines.push(`only what is tenant ${tenant}'s`);
  }
  return lines;
}

function item(text) {
  const element = document.createElement('li');
  element.textContent = text;
  return element;
}
