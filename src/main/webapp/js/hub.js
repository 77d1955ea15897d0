/** The hub's addresses, relative to the page, so that any context path will do. */

import {problem} from './stream-client.js';

const API = new URL('api/v2/', document.baseURI);

/** A refusal; the message is the hub's own sentence. */
export class Refused extends Error {
  /** @param {number} retryAfterSeconds NaN where the hub names no time */
  constructor(message, status, type, retryAfterSeconds) {
    super(message);
    this.status = status;
    this.type = type;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Who this page asks as: {name, roles, tenant, authenticated_by}; null while nobody is logged in. */
export async function me(signal) {
  const answer = await fetch(new URL('me', API), {
    headers: {Accept: 'application/json'}, signal, cache: 'no-store',
  });
  return answer.status === 401 ? null : read(answer);
}

/** Logs in, and says as whom, as `me` does. The cookie that comes with it is no script's business. */
export async function logIn(name, password, signal) {
  return read(await fetch(new URL('login', API), {
    method: 'POST',
    headers: {'Content-Type': 'application/json', Accept: 'application/json'},
    body: JSON.stringify({name, password}),
    signal,
  }));
}

/** Whoever was not logged in is so afterwards, too. */
export async function logOut() {
  const answer = await fetch(new URL('logout', API), {method: 'POST'});
  if (!answer.ok && answer.status !== 401) {
    throw await refusal(answer);
  }
}

/** Names of the streams there are. */
export async function streams() {
  return (await get(new URL('streams', API))).streams;
}

/** Where a stream, or one key of it, is read live. */
export function streamUrl({stream, key, types}, position) {
  const url = address(stream, key);
  types.forEach(type => url.searchParams.append('type', type));
  if (position) {
    url.searchParams.set('lastEventId', position);
  }
  return url.href;
}

/** One page of what was published: {events, next, gap}. */
export function page({stream, key, types}, parameters, signal) {
  const url = address(stream, key, 'events');
  types.forEach(type => url.searchParams.append('type', type));
  Object.entries(parameters).forEach(([name, value]) => url.searchParams.set(name, value));
  return get(url, signal);
}

/** Where events are published. */
export function publishUrl(stream) {
  return address(stream, '', 'events').href;
}

/**
 * Publishes one event.
 *
 * @param {string} data JSON text; sent as it is, because JavaScript would round long numbers
 * @param {string} attempt the same for the same event: a repetition stores nothing new
 * @returns {Promise<string>} its id
 */
export async function publish(stream, {type, key, data}, attempt) {
  const keys = key ? `,"keys":[${JSON.stringify(key)}]` : '';
  const answer = await fetch(publishUrl(stream), {
    method: 'POST',
    headers: {'Content-Type': 'application/json', 'Idempotency-Key': attempt},
    body: `{"type":${JSON.stringify(type)}${keys},"data":${data}}`,
  });
  return (await read(answer)).id;
}

async function get(url, signal) {
  return read(await fetch(url, {headers: {Accept: 'application/json'}, signal, cache: 'no-store'}));
}

async function read(answer) {
  if (answer.ok) {
    return JSON.parse(await answer.text(), asWritten);
  }
  throw await refusal(answer);
}

async function refusal(answer) {
  const type = await answer.clone().json().then(body => body.type, () => undefined);
  const seconds = Number.parseInt(answer.headers.get('Retry-After') ?? '', 10);
  return new Refused(await problem(answer), answer.status, type, seconds);
}

function address(stream, key, rest = '') {
  const parts = ['streams', stream, key, rest].filter(part => part !== '');
  return new URL(parts.map(encodeURIComponent).join('/'), API);
}

/** Keeps numbers that JavaScript would round as they were written, where the browser lets us. */
function asWritten(name, value, context) {
  return typeof value === 'number' && context?.source && context.source !== String(value)
      ? JSON.rawJSON?.(context.source) ?? value
      : value;
}
