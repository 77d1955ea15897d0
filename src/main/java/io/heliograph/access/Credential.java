package io.heliograph.access;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a caller presented, as far as its end has to be noticed; nothing that is secret.
 *
 * @param id which one, among those of its kind: an API key's or a session's number; empty where the
 *     hub keeps none
 * @param expires when it ends by itself; null for never
 */
public record Credential(Kind kind, String id, @Nullable Instant expires) {
  /** How callers are known. */
  public enum Kind {
    /** Not at all. */
    NONE,
    /** A name and password of the server's realm, with each request. */
    PASSWORD,
    /** The cookie that a login gave. */
    SESSION,
    API_KEY,
    /** A JSON Web Token. */
    TOKEN,
    /** A trusted proxy's word. */
    PROXY;

    /** Whether the hub keeps the caller's tenant by its name; keys and tokens carry their own. */
    public boolean isMapped() {
      return this == PASSWORD || this == SESSION || this == PROXY;
    }

    /** As it stands in answers: {@code api_key}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What somebody has who presented nothing. */
  public static final Credential NONE = new Credential(Kind.NONE, "", null);
}
