package io.heliograph.stream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many connections one stream permits on this node; zero is no limit.
 *
 * @param perAddress from one address, or from one /64 of IPv6
 * @param perUser of one caller; nobody counts those who gave no name
 * @param perSession with one {@code session}
 * @param perTenant of one tenant's callers
 * @param excess what happens to one too many with the same {@code session}
 * @param ratePerAddress new ones from one address, refused ones too; null for any number
 */
public record Limits(
    int connections,
    int perAddress,
    int perUser,
    int perSession,
    int perTenant,
    Excess excess,
    @Nullable Rate ratePerAddress) {

  /** What happens to one too many with the same {@code session}. */
  public enum Excess {
    /** It is refused, unless the one that is there proves dead. */
    REJECT,
    /** It takes the place of the one that is there, if that is the same caller's. */
    REPLACE
  }

  /** So many within any stretch of such a time. */
  public record Rate(int count, Duration per) {}
}
