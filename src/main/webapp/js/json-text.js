/**
 * JSON as text: laid out and coloured without being parsed, so that long numbers, the order of
 * members and doubled names stay as they were published.
 */

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|([{}[\],])|([^\s{}[\],:"]+)/g;

/** Beyond this it is shown as it came: nobody reads it, and laying it out would hold the page. */
const LAID_OUT_LENGTH = 65536;

/** Puts JSON text into `element`, laid out; what is not JSON as it is. */
export function show(text, element) {
  element.replaceChildren();
  if (text.length > LAID_OUT_LENGTH || !isJson(text)) {
    element.textContent = text;
    return;
  }
  let depth = 0;
  let isFresh = false;
  const line = () => element.append('\n' + '  '.repeat(depth));
  for (const [, string, colon, mark, word] of text.matchAll(TOKEN)) {
    if (mark === '}' || mark === ']') {
      depth--;
      if (!isFresh) {
        line();
      }
      element.append(mark);
      isFresh = false;
      continue;
    }
    if (isFresh) {
      line();
      isFresh = false;
    }
    if (mark === '{' || mark === '[') {
      element.append(mark);
      depth++;
      isFresh = true;
    } else if (mark === ',') {
      element.append(mark);
      line();
    } else if (colon) {
      element.append(token(string, 'name'), ': ');
    } else {
      element.append(token(string ?? word, string ? 'string' : 'word'));
    }
  }
}

/** What is wrong with JSON text, as a sentence; empty if nothing is. */
export function fault(text) {
  if (text.trim() === '') {
    return 'Data is missing; null is JSON, too.';
  }
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return `Not JSON: ${error.message}`;
  }
}

function isJson(text) {
  return fault(text) === '';
}

function token(text, kind) {
  const span = document.createElement('span');
  span.className = kind;
  span.textContent = text;
  return span;
}
