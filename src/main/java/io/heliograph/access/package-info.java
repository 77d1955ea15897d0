/**
 * Who is asking, and from where.
 *
 * <p>Owns a request's address behind proxies. Refuses to know streams: what a caller may see is
 * decided where policies are.
 *
 * <p>Decided: forwarded headers count only as far as trusted proxies wrote them, read from the
 * right; where {@code Forwarded} and {@code X-Forwarded-For} disagree, one of them is the client's
 * own invention and neither counts. Addresses of IPv6 count by their /64, which is what one
 * customer of a provider has.
 */
@NullMarked
package io.heliograph.access;

import org.jspecify.annotations.NullMarked;
