package io.heliograph.history;

import io.heliograph.event.EventId;
import io.heliograph.metrics.GapReason;

/**
 * Says that events after a position are missing from what is given.
 *
 * @param requested the position as it was presented
 * @param resumedAfter from where on events are given
 */
record Gap(GapReason reason, String requested, EventId resumedAfter) {}
