package io.heliograph.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request with the parts that access looks at. */
final class FakeRequest {
  private final Map<String, List<String>> headers = new HashMap<>();
  private final List<Cookie> cookies = new ArrayList<>();
  private String socket = "203.0.113.9";
  private @Nullable String query;

  FakeRequest header(String name, String value) {
    headers.computeIfAbsent(name.toLowerCase(Locale.ROOT), n -> new ArrayList<>()).add(value);
    return this;
  }

  FakeRequest cookie(String name, String value) {
    cookies.add(new Cookie(name, value));
    return this;
  }

  FakeRequest query(String text) {
    query = text;
    return this;
  }

  FakeRequest from(String address) {
    socket = address;
    return this;
  }

  HttpServletRequest request() {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            FakeRequest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getRemoteAddr" -> socket;
                  case "getQueryString" -> query;
                  case "getCookies" -> cookies.isEmpty() ? null : cookies.toArray(new Cookie[0]);
                  case "getHeaders" -> Collections.enumeration(all((String) arguments[0]));
                  case "getHeader" -> all((String) arguments[0]).stream().findFirst().orElse(null);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private List<String> all(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }
}
