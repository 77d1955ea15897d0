package io.heliograph.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.heliograph.event.EventDraft;
import io.heliograph.event.InvalidEventException;
import jakarta.security.enterprise.credential.Credential;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request presents to say who is asking, before anybody has looked whether it is true.
 *
 * <p>At most one: of two, one might be another's, and which counts would be a guess. A session's
 * cookie counts only where nothing else is given, because browsers send it unasked.
 */
sealed interface Presented extends Credential {
  /**
   * Of the server's realm.
   *
   * @param isBasic whether it came as {@code Authorization: Basic}, and not by the login
   */
  record Password(String name, String password, boolean isBasic) implements Presented {
    /** That the realm has no such name and password. */
    InvalidCredentialException refusal(String why) {
      return isBasic
          ? InvalidCredentialException.ofBasic(why)
          : new InvalidCredentialException(why);
    }

    @Override
    public String toString() {
      return "a password";
    }
  }

  /** An API key: everything that begins with {@link ApiKeys#PREFIX}. */
  record Key(String text) implements Presented {
    @Override
    public String toString() {
      return "an API key";
    }
  }

  /** A JSON Web Token, or what else stands where one is expected. */
  record Token(String text) implements Presented {
    @Override
    public String toString() {
      return "a token";
    }
  }

  record Ticket(String text) implements Presented {
    @Override
    public String toString() {
      return "a ticket";
    }
  }

  /** What the login gave the browser. */
  record Session(String text) implements Presented {
    @Override
    public String toString() {
      return "a session";
    }
  }

  /** A name that a trusted proxy vouches for. */
  record ProxyUser(String name) implements Presented {}

  private static Presented bearer(String text) {
    return text.startsWith(ApiKeys.PREFIX) ? new Key(text) : new Token(text);
  }

  /**
   * What {@code request} presents, or null for nothing.
   *
   * @param isApi whether the query may carry a credential: a page's own parameters are its own
   * @throws InvalidCredentialException if it presents two, or one in a form that none can have
   */
  static @Nullable Presented in(
      HttpServletRequest request, boolean isApi, ClientAddresses addresses) {
    List<Presented> all = new ArrayList<>();
    for (String header : Collections.list(request.getHeaders("Authorization"))) {
      all.add(authorization(header));
    }
    for (String key : Collections.list(request.getHeaders("X-API-Key"))) {
      all.add(new Key(key.strip()));
    }
    String query = request.getQueryString();
    if (isApi && query != null) {
      addQuery(query, all);
    }
    for (String name : Collections.list(request.getHeaders("X-User-ID"))) {
      all.add(proxyUser(name, addresses.isFromTrustedProxy(request)));
    }
    if (all.size() > 1) {
      throw new InvalidCredentialException(
          all.size() + " credentials were given in one request; give one");
    }
    if (!all.isEmpty()) {
      return all.get(0);
    }
    String cookie = SessionCookie.in(request);
    return cookie == null ? null : new Session(cookie);
  }

  private static Presented authorization(String header) {
    String[] parts = header.strip().split("\\s+", 2);
    String rest = parts.length < 2 ? "" : parts[1].strip();
    return switch (parts[0].toLowerCase(Locale.ROOT)) {
      case "basic" -> basic(rest);
      case "bearer" -> bearer(rest);
      default ->
          throw new InvalidCredentialException(
              "this Authorization scheme is not taken; send Basic or Bearer");
    };
  }

  private static Password basic(String encoded) {
    try {
      String text = new String(Base64.getDecoder().decode(encoded), UTF_8);
      int colon = text.indexOf(':');
      if (colon > 0) {
        return password(text.substring(0, colon), text.substring(colon + 1), true);
      }
    } catch (IllegalArgumentException e) {
      // Neither is it.
    }
    throw InvalidCredentialException.ofBasic("Authorization: Basic takes name:password in Base64");
  }

  /**
   * A name and password, in a form that a realm can have.
   *
   * @throws InvalidCredentialException if none can
   */
  static Password password(String name, String password, boolean isBasic) {
    Password given = new Password(name, password, isBasic);
    try {
      EventDraft.requireText("the name", name, EventDraft.LABEL_LIMIT);
      EventDraft.requireText("the password", password, 1024);
    } catch (InvalidEventException e) {
      throw given.refusal("no such name and password: " + e.getMessage());
    }
    return given;
  }

  private static void addQuery(String query, List<Presented> all) {
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (name.equals("token") || name.equals("ticket")) {
        String text = decoded(equals < 0 ? "" : pair.substring(equals + 1));
        all.add(name.equals("token") ? bearer(text) : new Ticket(text));
      }
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidCredentialException("the credential in the query is not URL-encoded");
    }
  }

  private static ProxyUser proxyUser(String name, boolean isTrusted) {
    if (!isTrusted) {
      throw new InvalidCredentialException(
          "X-User-ID is believed from heliograph.trusted-proxies only, and this is none");
    }
    try {
      EventDraft.requireText("X-User-ID", name, EventDraft.LABEL_LIMIT);
    } catch (InvalidEventException e) {
      throw new InvalidCredentialException(String.valueOf(e.getMessage()));
    }
    return new ProxyUser(name);
  }
}
