/**
 * The servers that the integration tests and the benchmark run on, and all that these must know to
 * tell one from another: how a hub is started in a process of its own, and how the realm gets its
 * users.
 *
 * <p>One class for each server. Which one it is, the build says ({@code mvn verify}, {@code
 * -Pwildfly}, {@code -Ptomcat}); a test asks {@link io.heliograph.server.TestServer#ofThisBuild()}
 * and never for its name.
 *
 * <p>Decided: the unpacked server is shared and stays as it came, each started one has a base
 * directory of its own beside its log. Rejected: the servers' start scripts, whose process is a
 * shell that a signal meets before the server.
 */
@NullMarked
package io.heliograph.server;

import org.jspecify.annotations.NullMarked;
