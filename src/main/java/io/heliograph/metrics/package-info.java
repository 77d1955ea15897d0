/**
 * What is counted, and how the counts hang together.
 *
 * <p>Owns every metric's name, meaning and relation. Refuses dynamic labels: whatever a label can
 * say is an enum here, so that a client cannot make a series.
 */
@NullMarked
package io.heliograph.metrics;

import org.jspecify.annotations.NullMarked;
