/**
 * What a caller does about itself: log in and out, ask who it is, buy a ticket.
 *
 * <p>Owns {@code /api/v2/login}, {@code /logout}, {@code /me} and {@code /tickets}. Refuses to
 * check anything that is presented: that was done before a request comes here ({@link
 * io.heliograph.access.HubAuthentication}).
 *
 * <p>Decided: a logout with a session that has ended already is refused like anything with one, and
 * the browser forgets its cookie either way. Like all that changes something by a cookie it must
 * come from a page of the hub's own. A ticket buys neither a session nor a ticket: what it was
 * bought with would live on in them. Sessions are kept in the database and not in the container:
 * they hold on every node and over a restart, their cookie is the same on every server, and an open
 * stream keeps none alive.
 */
@NullMarked
package io.heliograph.account;

import org.jspecify.annotations.NullMarked;
