package io.heliograph.publish;

import io.heliograph.event.EventDraft;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A digest that tells one content from another: SHA-256 over parts, each with its length before it,
 * so that no two sequences of parts run together into the same bytes.
 */
final class Fingerprint {
  private final MessageDigest digest;

  Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      // Every Java platform has it (MessageDigest's documentation).
      throw new IllegalStateException(e);
    }
  }

  static String of(EventDraft draft) {
    Fingerprint fingerprint = new Fingerprint().add(draft.stream());
    draft.keys().forEach(fingerprint::add);
    return fingerprint
        .add(draft.tenant())
        .add(draft.owner())
        .add(draft.type())
        .add(draft.correlationId())
        .add(Boolean.toString(draft.isRetained()))
        .add(draft.data().utf8())
        .hex();
  }

  Fingerprint add(byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
    digest.update(part);
    return this;
  }

  /** Null is a part of its own, another than the empty text. */
  Fingerprint add(@Nullable String part) {
    if (part == null) {
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, -1));
      return this;
    }
    return add(part.getBytes(StandardCharsets.UTF_8));
  }

  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
