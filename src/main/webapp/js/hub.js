/** The hub's addresses, relative to the page, so that any context path will do. */

import {problem} from './stream-client.js';

const API = new URL('api/v2/', document.baseURI);

/** A refusal; the message is the hub's own sentence. */
export class Refused extends Error {
  constructor(message, status, type) {
    super(message);
    this.status = status;
    this.type = type;
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
  const type = await answer.clone().json().then(body => body.type, () => undefined);
  throw new Refused(await problem(answer), answer.status, type);
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
