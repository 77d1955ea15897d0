package io.heliograph.publish;

import io.heliograph.log.Publication;

/**
 * What a request publishes.
 *
 * @param isBatch whether it may hold several events, so that its answer is a list
 */
record Submission(Publication publication, boolean isBatch) {}
