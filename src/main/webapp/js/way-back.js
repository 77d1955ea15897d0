/** The way to the login page, and from there back to where one came from. */

/** The login page, which leads back to this very address. */
export function loginAddress() {
  const address = new URL('login.html', document.baseURI);
  address.searchParams.set('next', location.pathname + location.search);
  return address.href;
}

/**
 * Where the login page leads: the start page, unless its address names a page of this hub. Anybody
 * can write that address, and a login that ends on a stranger's page is how passwords are fished
 * for; so it is judged as the browser reads it (`/\evil.example` is another host), not as text.
 */
export function wayBack() {
  const hub = new URL('.', document.baseURI);
  const next = new URLSearchParams(location.search).get('next') ?? '';
  if (!next.startsWith('/') || !URL.canParse(next, hub.origin)) {
    return hub.href;
  }
  const url = new URL(next, hub.origin);
  const isOfThisHub = url.origin === hub.origin && url.pathname.startsWith(hub.pathname);
  const isLogin = url.pathname === new URL(document.baseURI).pathname;
  return isOfThisHub && !isLogin ? url.href : hub.href;
}
