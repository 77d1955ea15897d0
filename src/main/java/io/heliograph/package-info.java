/**
 * The assembly: how the packages become one hub, and what is the same at each of its doors.
 *
 * <p>Owns {@link io.heliograph.ProblemMapper}: every error of every door leaves in one form (RFC
 * 9457), so a client parses one. Refuses rules of its own: what an error means is decided where it
 * is thrown. Decided: one mapper for everything thrown, because Jersey and RESTEasy both look for
 * the nearest superclass and so pass their own 404, 405, 406 and 415 through it too. Rejected: a
 * type for each status the runtimes give, which would say no more than the status ({@code
 * about:blank}, RFC 9457, 4.2.1).
 */
@NullMarked
package io.heliograph;

import org.jspecify.annotations.NullMarked;
