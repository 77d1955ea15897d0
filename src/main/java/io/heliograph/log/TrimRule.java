package io.heliograph.log;

import java.time.Duration;

/**
 * What a stream keeps in the log.
 *
 * @param age older events are trimmed; zero keeps them however old
 * @param events of more than so many the oldest are trimmed; zero keeps them however many
 */
public record TrimRule(String stream, Duration age, long events) {}
