package io.heliograph.access;

/**
 * Where a client is.
 *
 * @param text its address, for people
 * @param network what limits count it by: the address itself, or the /64 of an IPv6 address
 */
public record ClientAddress(String text, String network) {
  @Override
  public String toString() {
    return text;
  }
}
