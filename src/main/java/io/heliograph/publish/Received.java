package io.heliograph.publish;

import io.heliograph.event.EventDraft;
import io.heliograph.log.Publication.IdempotencyKey;
import org.jspecify.annotations.Nullable;

/** One event of a request, with the idempotency key that its own format gives it. */
record Received(EventDraft draft, @Nullable IdempotencyKey key) {}
