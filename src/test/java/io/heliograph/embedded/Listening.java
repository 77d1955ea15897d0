package io.heliograph.embedded;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;

/** Where the hub listens: an address of this machine, or all of them, and a port. */
record Listening(InetAddress address, int port) {
  /** What only this machine reaches; where nobody says otherwise. */
  static final String LOOPBACK = "127.0.0.1";

  /**
   * Of what somebody set.
   *
   * @throws CannotStartException if {@code address} is none
   */
  static Listening on(String address, int port) {
    try {
      // The JDK takes an empty name for loopback.
      if (!address.isBlank()) {
        return new Listening(InetAddress.getByName(address.strip()), port);
      }
    } catch (UnknownHostException e) {
      // Said below.
    }
    throw new CannotStartException(
        "heliograph.address: '"
            + address
            + "' was given, it takes an address of this machine, or 0.0.0.0 for all of them");
  }

  /** Whether only this machine reaches it. */
  boolean isLoopback() {
    return address.isLoopbackAddress();
  }

  boolean isEveryAddress() {
    return address.isAnyLocalAddress();
  }

  /** Where somebody on this machine reaches it; ends in a slash. */
  URI url() {
    boolean isSix = address instanceof Inet6Address;
    String host = isEveryAddress() ? (isSix ? "::1" : LOOPBACK) : text();
    return URI.create("http://" + (isSix ? "[" + host + "]" : host) + ":" + port + "/");
  }

  /** As digits. */
  String text() {
    String digits = address.getHostAddress();
    int zone = digits.indexOf('%');
    return zone < 0 ? digits : digits.substring(0, zone);
  }

  /**
   * Payara itself would report a taken port in its log, and start.
   *
   * @throws CannotStartException if the port cannot be had there
   */
  void requireFree() {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new CannotStartException(
          "port "
              + port
              + " on "
              + text()
              + " cannot be had ("
              + e.getMessage()
              + "); stop what listens there or choose another with -Dheliograph.port=",
          e);
    }
  }
}
