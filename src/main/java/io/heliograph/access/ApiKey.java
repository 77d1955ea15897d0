package io.heliograph.access;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key, without what is secret of it.
 *
 * @param id the part of its text after {@code hk_} that may be shown
 * @param name for people; not necessarily one key's alone
 * @param owner as whom its bearer acts; null for the key itself
 * @param tenant whose events its bearer is confined to; null for nobody's
 * @param roles as they were granted
 * @param expires when it ends by itself; null for never
 * @param revoked when it was revoked; null if it was not
 * @param lastUsed to within about a minute; null for never
 */
public record ApiKey(
    String id,
    String name,
    @Nullable String owner,
    @Nullable String tenant,
    Set<String> roles,
    Instant created,
    @Nullable Instant expires,
    @Nullable Instant revoked,
    @Nullable Instant lastUsed) {

  /**
   * What an administrator wants a key to be.
   *
   * @param roles empty for {@link Roles#READ_ALL}
   */
  public record Wish(
      String name,
      @Nullable String owner,
      @Nullable String tenant,
      Set<String> roles,
      @Nullable Instant expires) {}

  /**
   * A key and its text, which is nowhere else and cannot be had again.
   *
   * @param text what its bearer presents
   */
  public record Made(ApiKey key, String text) {
    @Override
    public String toString() {
      return "Made[key=" + key + ", text=***]";
    }
  }

  /** As whom its bearer acts. */
  public String callerName() {
    return owner == null ? "key:" + name : owner;
  }
}
