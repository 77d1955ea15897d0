/** Publishes one event, and says what became of it. */

import {publish, Refused} from './hub.js';
import {fault} from './json-text.js';

export class PublishForm {
  /** What was sent without a clear answer, so that sending it again stores it once. */
  #open = {content: '', attempt: ''};

  /** @param {() => string} stream the stream that is being looked at */
  constructor(
      {form, fields, reason, type, key, data, dataProblem, result, button}, stream, onPublished) {
    Object.assign(this, {
      fields, reason, type, key, data, dataProblem, result, button, stream, onPublished,
    });
    data.addEventListener('input', () => this.#check());
    data.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        form.requestSubmit();
      }
    });
    form.addEventListener('submit', event => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** Closes the form to one who may not publish; an empty reason opens it again. */
  forbid(reason) {
    this.fields.disabled = reason !== '';
    this.reason.hidden = reason === '';
    this.reason.textContent = reason;
  }

  /** Shows what is wrong with the data; whether nothing is. */
  #check() {
    const problem = fault(this.data.value);
    this.dataProblem.textContent = problem;
    this.data.setAttribute('aria-invalid', String(problem !== ''));
    return problem === '';
  }

  async #submit() {
    const event = {type: this.type.value.trim(), key: this.key.value.trim(), data: this.data.value};
    if (event.type === '') {
      this.#say('refused', 'Type is missing.');
      this.type.focus();
      return;
    }
    if (!this.#check()) {
      this.#say('refused', '');
      this.data.focus();
      return;
    }
    const stream = this.stream();
    const content = JSON.stringify([stream, event]);
    const attempt = this.#open.content === content ? this.#open.attempt : newAttempt();
    this.#open = {content: '', attempt: ''};
    this.button.disabled = true;
    this.#say('sending', 'Sending …');
    try {
      const id = await publish(stream, event, attempt);
      this.#say('stored', `Stored as ${id}`);
      this.onPublished(event);
    } catch (error) {
      const isOpen = !(error instanceof Refused) || error.status >= 500;
      if (isOpen) {
        this.#open = {content, attempt};
      }
      this.#say('refused', error instanceof Refused
          ? error.message
          : 'No answer. It may be stored; publishing the same again will not store it twice.');
    } finally {
      this.button.disabled = false;
    }
  }

  #say(kind, text) {
    this.result.dataset.kind = kind;
    this.result.value = text;
  }
}

/** crypto.randomUUID() is missing from pages that do not come over HTTPS or from this machine. */
function newAttempt() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), part => part.toString(36)).join('-');
}
