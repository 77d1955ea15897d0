/**
 * Assembly: what is made of what, in which order it starts and in which order it stops, and what is
 * the same at every door.
 *
 * <p>Owns {@link io.heliograph.Hub}, which makes the node out of its parts, the JAX-RS application,
 * and {@link io.heliograph.ProblemMapper}: every error of every door leaves in one form (RFC 9457),
 * so a client parses one. Refuses behaviour and rules: whatever can be tested without the whole
 * belongs further down, and what an error means is decided where it is thrown.
 *
 * <p>Decided: parts are plain classes with constructors, made here and handed to resources by CDI
 * producers, so that every part can be made in a test without a container and the order of start
 * and stop is a method to read, not a graph to guess. Everything wrong in the configuration is said
 * in one message, and the deployment fails. One mapper for everything thrown, because Jersey and
 * RESTEasy both look for the nearest superclass and so pass their own 404, 405, 406 and 415 through
 * it too. What browsers are told is one servlet filter's, because pages and the server's own errors
 * need it as much as resources do. Rejected: a problem type for each status the runtimes give,
 * which would say no more than the status ({@code about:blank}, RFC 9457, 4.2.1).
 */
@NullMarked
package io.heliograph;

import org.jspecify.annotations.NullMarked;
