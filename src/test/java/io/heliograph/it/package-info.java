/**
 * The hub over HTTP: the WAR as it is shipped, on the server of the build, asked by clients that
 * share no code with it.
 *
 * <p>Owns the tests of what only the whole can show, and a small client of its own ({@link
 * io.heliograph.it.SseClient}), written from the WHATWG text: a client that shared the hub's
 * encoder would share its mistakes. Refuses to look inside: what a test learns it learns from the
 * wire, the metrics, or the process as its operator sees it.
 *
 * <p>Decided: tests that need settings of their own, a signal or a lost disk start a hub in a
 * process of its own, one for all tests of a class. What takes long is sized by system properties
 * ({@link io.heliograph.it.Sizes}), modest by default, so that everybody runs the same tests.
 */
@NullMarked
package io.heliograph.it;

import org.jspecify.annotations.NullMarked;
