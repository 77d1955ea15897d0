/**
 * The login page. States, each also the height of the sun:
 *   idle         nobody is logged in
 *   checking     the hub is asked
 *   refused      name or password are wrong, or the hub will not have them
 *   waiting      too many tries; unlocks by itself
 *   unreachable  no answer, or none that the hub can give now
 *   known        somebody is logged in already
 */

import {logIn, logOut, me, Refused} from './hub.js';
import {wayBack} from './way-back.js';

/** A hub that has not answered by then will not. */
const PATIENCE_MILLIS = 20000;

/** Where the hub names no time. */
const PAUSE_SECONDS = 10;

const NAMES = {
  idle: 'Not logged in',
  checking: 'Checking',
  refused: 'Refused',
  waiting: 'Too many tries',
  unreachable: 'No answer',
  known: 'Logged in',
};

const by = id => document.getElementById(id);
const form = by('login-form');
const name = by('name');
const password = by('password');
const submit = by('log-in');

let state = 'idle';

function show(next, sentence = '', detail = '') {
  state = next;
  by('signal').dataset.state = state;
  by('state-name').textContent = NAMES[state];
  by('state-detail').textContent = detail;
  by('state-when').textContent = '';
  by('login-problem').textContent = sentence;
  // What is disabled loses the focus, and with it the place of whoever reads by ear.
  submit.setAttribute('aria-disabled', String(state === 'checking' || state === 'waiting'));
  submit.textContent = state === 'checking' ? 'Checking …' : 'Log in';
  [name, password].forEach(field => field.setAttribute('aria-invalid', String(state === 'refused')));
}

async function check() {
  if (state === 'checking' || state === 'waiting') {
    return;
  }
  const missing = [name, password].find(field => field.value.trim() === '');
  if (missing) {
    show('idle', missing === name ? 'Name is missing.' : 'Password is missing.');
    missing.setAttribute('aria-invalid', 'true');
    missing.focus();
    return;
  }
  reveal(false);
  show('checking');
  try {
    await logIn(name.value.trim(), password.value, AbortSignal.timeout(PATIENCE_MILLIS));
    // Not assign(): who goes back from there does not want to log in again.
    location.replace(wayBack());
  } catch (error) {
    fail(error);
  }
}

function fail(error) {
  if (!(error instanceof Refused)) {
    show('unreachable', 'The hub does not answer. Try again once it can be reached.');
    submit.focus();
  } else if (error.status === 429) {
    wait(error);
  } else if (error.status >= 500) {
    show('unreachable', error.message);
    submit.focus();
  } else {
    show('refused', error.message);
    password.focus();
    password.select();
  }
}

/** The seconds are counted for the eye only: a screen reader would read each of them. */
function wait({message, retryAfterSeconds}) {
  show('waiting', message);
  submit.focus();
  const seconds = Number.isFinite(retryAfterSeconds) ? retryAfterSeconds : PAUSE_SECONDS;
  const end = Date.now() + seconds * 1000;
  const count = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      by('state-when').textContent = `(again in ${left} s)`;
    } else {
      clearInterval(counting);
      show('idle', '', 'try again now');
    }
  };
  const counting = setInterval(count, 1000);
  count();
}

/** Hidden again before it is sent: browsers remember what stands in a field of plain text. */
function reveal(isShown) {
  password.type = isShown ? 'text' : 'password';
  by('reveal').setAttribute('aria-pressed', String(isShown));
}

function showKnown(caller) {
  show('known', '', `as ${caller.name}`);
  by('known-name').textContent = caller.name;
  by('go-on').href = wayBack();
  form.hidden = true;
  by('known').hidden = false;
  by('go-on').focus();
}

async function becomeSomebodyElse() {
  by('other').disabled = true;
  by('known-problem').textContent = '';
  try {
    await logOut();
    by('known').hidden = true;
    form.hidden = false;
    show('idle');
    name.focus();
  } catch (error) {
    by('known-problem').textContent = error instanceof Refused
        ? error.message
        : 'The hub does not answer. Try again once it can be reached.';
  } finally {
    by('other').disabled = false;
  }
}

form.addEventListener('submit', event => {
  event.preventDefault();
  check();
});
form.addEventListener('input', event => event.target.setAttribute('aria-invalid', 'false'));
by('reveal').addEventListener('click', () => reveal(password.type === 'password'));
by('other').addEventListener('click', becomeSomebodyElse);
submit.disabled = false;

me(AbortSignal.timeout(PATIENCE_MILLIS)).then(
    caller => {
      // Whoever has begun to log in wants to.
      if (caller && state === 'idle' && password.value === '') {
        showKnown(caller);
      }
    },
    () => {
      // Logging in says what is wrong.
    });
