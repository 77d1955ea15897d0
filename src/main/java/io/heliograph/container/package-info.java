/**
 * The seam to what servers differ in: who drives a periodic act, whose threads the hub runs on, who
 * says that it ends, what lies under a response.
 *
 * <p>Owns {@link io.heliograph.container.Periodic}, which says what is to be done again and again,
 * and what drives it. Refuses to know what is done. Decided: one timer of the container drives all
 * periodic acts, non-persistent, because a missed tick is worth nothing later; whatever needs finer
 * or cheaper time hangs in a wheel that a tick turns.
 *
 * <p>One source for all servers; which classes and libraries a WAR has is the POM's to say. {@link
 * io.heliograph.container.EjbTimers} is in those for Payara and WildFly, {@link
 * io.heliograph.container.ServletTimers} and what is called {@code ...OnTomcat} in Tomcat's only.
 * The hub's executors are its own everywhere, and not the container's managed ones, where there are
 * some: see {@link io.heliograph.container.HubExecutors}.
 */
@NullMarked
package io.heliograph.container;

import org.jspecify.annotations.NullMarked;
