/**
 * What happened, in order: the event log, the one thread that appends to it and the one that
 * follows it.
 */
@NullMarked
package io.heliograph.log;

import org.jspecify.annotations.NullMarked;
