/**
 * Who listens on this node, and under which policy.
 *
 * <p>Owns {@link io.heliograph.stream.StreamPolicy}, what the operator decided about one stream,
 * and its defaults. Refuses streams that nobody declared: a misspelt name would otherwise be a
 * stream that nobody reads. Decided: {@code events} exists without being declared, so that a hub
 * without configuration is of use. Rejected: streams made by a request, because a policy could then
 * not be checked at start.
 */
@NullMarked
package io.heliograph.stream;

import org.jspecify.annotations.NullMarked;
