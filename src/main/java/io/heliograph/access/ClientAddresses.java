package io.heliograph.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters;
import inet.ipaddr.HostName;
import inet.ipaddr.HostNameException;
import inet.ipaddr.HostNameParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;
import io.heliograph.settings.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where requests come from, behind the proxies that the operator trusts.
 *
 * <p>The nearest hop is the socket's own address. While a hop is a trusted proxy's, the one before
 * it is what that proxy wrote last, so the headers are read from the right and only as far as
 * trusted proxies go; what is left of that is the client's own invention. Any thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239</a>
 */
public final class ClientAddresses {
  private static final String KEY = "trusted-proxies";

  /** More hops than any chain of proxies has; a longer header is somebody's joke. */
  private static final int HOPS_LIMIT = 50;

  /** What a provider gives to one customer. */
  private static final int NETWORK_BITS = 64;

  /** As RFC 4291 and everybody writes them: not {@code 10.1}, {@code *} or nothing for loopback. */
  private static final IPAddressStringParameters NETWORKS =
      new IPAddressStringParameters.Builder()
          .allowEmpty(false)
          .allowAll(false)
          .allowPrefixOnly(false)
          .allowSingleSegment(false)
          .allowWildcardedSeparator(false)
          .allow_inet_aton(false)
          .setRangeOptions(AddressStringParameters.RangeParameters.NO_RANGE)
          .toParams();

  private static final HostNameParameters HOSTS =
      new HostNameParameters.Builder()
          .allowEmpty(false)
          .getAddressOptionsBuilder()
          .allowEmpty(false)
          .allowAll(false)
          .allowSingleSegment(false)
          .allow_inet_aton(false)
          .allowPrefix(false)
          .setRangeOptions(AddressStringParameters.RangeParameters.NO_RANGE)
          .getParentBuilder()
          .toParams();

  /** Characters of an address with its port and zone; what is longer is rubbish, most likely. */
  private static final int LONGEST_KNOWN = 64;

  /** Clients and hops whose texts are remembered. */
  private static final int KNOWN_LIMIT = 10_000;

  private final List<IPAddress> trusted;

  /** What texts mean: every request of a client brings the same one. */
  private final Cache<String, Optional<IPAddress>> known =
      Caffeine.newBuilder().maximumSize(KNOWN_LIMIT).build();

  private ClientAddresses(List<IPAddress> trusted) {
    this.trusted = List.copyOf(trusted);
  }

  /** Reads {@code heliograph.trusted-proxies}: addresses and networks, a comma list. */
  public static ClientAddresses read(Settings settings) {
    List<IPAddress> trusted = new ArrayList<>();
    for (String text : settings.list(KEY, "")) {
      try {
        trusted.add(new IPAddressString(text, NETWORKS).toAddress().toPrefixBlock());
      } catch (AddressStringException | IncompatibleAddressException e) {
        settings.problem(
            Settings.PREFIX + KEY + ": '" + text + "' is no address or network, as 10.0.0.0/8 is");
      }
    }
    return new ClientAddresses(trusted);
  }

  /** Where {@code request} comes from. */
  public ClientAddress of(HttpServletRequest request) {
    String socket = request.getRemoteAddr();
    IPAddress nearest = parsed(socket);
    if (nearest == null) {
      return new ClientAddress(socket, socket);
    }
    return address(isTrusted(nearest) ? behind(nearest, request) : nearest);
  }

  /**
   * Whether the socket of {@code request} is a trusted proxy's, so that its headers are its word.
   */
  public boolean isFromTrustedProxy(HttpServletRequest request) {
    IPAddress nearest = parsed(request.getRemoteAddr());
    return nearest != null && isTrusted(nearest);
  }

  /** Whether the client came by TLS: to this server, or by its word to a trusted proxy. */
  public boolean isSecure(HttpServletRequest request) {
    return request.isSecure()
        || (isFromTrustedProxy(request)
            && "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto")));
  }

  private IPAddress behind(IPAddress proxy, HttpServletRequest request) {
    Optional<IPAddress> byForwarded = walked(proxy, forwarded(request));
    Optional<IPAddress> byForwardedFor = walked(proxy, forwardedFor(request));
    if (byForwarded.isPresent() && byForwardedFor.isPresent()) {
      return byForwarded.equals(byForwardedFor) ? byForwarded.get() : proxy;
    }
    return byForwarded.or(() -> byForwardedFor).orElse(proxy);
  }

  /** The first hop from the right that is nobody's whom we trust; empty without hops. */
  private Optional<IPAddress> walked(IPAddress proxy, List<String> hops) {
    if (hops.isEmpty()) {
      return Optional.empty();
    }
    IPAddress last = proxy;
    for (int i = hops.size() - 1; i >= Math.max(0, hops.size() - HOPS_LIMIT); i--) {
      IPAddress hop = parsed(hops.get(i));
      if (hop == null) {
        return Optional.of(last);
      }
      last = hop;
      if (!isTrusted(hop)) {
        return Optional.of(last);
      }
    }
    return Optional.of(last);
  }

  private boolean isTrusted(IPAddress address) {
    return trusted.stream().anyMatch(network -> network.contains(address));
  }

  private static List<String> forwardedFor(HttpServletRequest request) {
    List<String> hops = new ArrayList<>();
    for (String header : Collections.list(request.getHeaders("X-Forwarded-For"))) {
      for (String hop : header.split(",", -1)) {
        hops.add(hop.strip());
      }
    }
    return hops;
  }

  /** The {@code for} of each element, empty where an element has none. */
  private static List<String> forwarded(HttpServletRequest request) {
    List<String> hops = new ArrayList<>();
    for (String header : Collections.list(request.getHeaders("Forwarded"))) {
      for (String element : header.split(",", -1)) {
        String hop = "";
        for (String pair : element.split(";", -1)) {
          String text = pair.strip();
          if (text.regionMatches(true, 0, "for=", 0, 4)) {
            hop = text.substring(4).replace("\"", "");
          }
        }
        hops.add(hop);
      }
    }
    return hops;
  }

  private static ClientAddress address(IPAddress address) {
    String text = address.toCanonicalString();
    return new ClientAddress(
        text, address.isIPv6() ? address.toPrefixBlock(NETWORK_BITS).toCanonicalString() : text);
  }

  /** An address, with or without a port; null if it is anything else, a name too. */
  private @Nullable IPAddress parsed(String text) {
    return text.length() > LONGEST_KNOWN
        ? parse(text).orElse(null)
        : known.get(text, ClientAddresses::parse).orElse(null);
  }

  private static Optional<IPAddress> parse(String text) {
    HostName host = new HostName(text, HOSTS);
    try {
      host.validate();
    } catch (HostNameException e) {
      return Optional.empty();
    }
    IPAddress address = host.isAddress() ? host.asAddress() : null;
    if (address == null || address.isMultiple()) {
      return Optional.empty();
    }
    IPAddress whole = Objects.requireNonNull(address.withoutPrefixLength());
    return Optional.of(
        whole.isIPv6() && whole.toIPv6().isIPv4Mapped()
            ? whole.toIPv6().getEmbeddedIPv4Address()
            : whole);
  }
}
