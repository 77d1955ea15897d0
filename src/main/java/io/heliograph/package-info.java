/**
 * Assembly: what is made of what, in which order it starts and in which order it stops.
 *
 * <p>Owns {@link io.heliograph.Hub}, which makes the node out of its parts, and the JAX-RS
 * application with its one mapper of exceptions to problems. Refuses behaviour: whatever can be
 * tested without the whole belongs further down.
 *
 * <p>Decided: parts are plain classes with constructors, made here and handed to resources by CDI
 * producers, so that every part can be made in a test without a container and the order of start
 * and stop is a method to read, not a graph to guess. Everything wrong in the configuration is said
 * in one message, and the deployment fails.
 */
@NullMarked
package io.heliograph;

import org.jspecify.annotations.NullMarked;
