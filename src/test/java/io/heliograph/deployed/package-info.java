/**
 * The hub deployed by Arquillian, for tests that need a real server.
 *
 * <p>All such tests of a run share one server; each test class gets a deployment of its own, with
 * its own settings and an empty log. Which server that is, {@link io.heliograph.server} knows.
 * Tests that kill the hub start one in a process of its own instead.
 */
@NullMarked
package io.heliograph.deployed;

import org.jspecify.annotations.NullMarked;
