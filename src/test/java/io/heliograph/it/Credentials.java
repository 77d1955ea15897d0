package io.heliograph.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpRequest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Keys, tickets and sessions, come by through the hub's own doors. Any thread. */
final class Credentials {
  static final String PASSWORD = "correct-horse-battery";

  /** The session's cookie. */
  static final String COOKIE = "heliograph-session";

  private final Door admin;
  private final Door nobody;

  /**
   * @param admin of a caller with {@code events-admin}
   */
  Credentials(Door admin) {
    this.admin = admin;
    this.nobody = admin.as(null);
  }

  /** A key: which one, and what its bearer presents. */
  record MadeKey(String id, String text) {}

  /** The door of somebody who presents nothing unless a request says so. */
  Door nobody() {
    return nobody;
  }

  /** Makes a key of {@code fields}, the members of its JSON object. */
  MadeKey key(String fields) {
    Door.Answer made = post(admin, "api/v2/admin/api-keys", "{" + fields + "}");
    assertEquals(201, made.status(), made.body());
    return new MadeKey(made.json().getString("id"), made.json().getString("key"));
  }

  void revoke(MadeKey key) {
    assertEquals(204, send(admin, "DELETE", "api/v2/admin/api-keys/" + key.id(), null).status());
  }

  /** The key's new text. */
  String rotate(MadeKey key, String overlap) {
    Door.Answer made =
        post(
            admin,
            "api/v2/admin/api-keys/" + key.id() + "/rotate",
            "{\"overlap\":\"" + overlap + "\"}");
    assertEquals(201, made.status(), made.body());
    return made.json().getString("key");
  }

  void member(String tenant, String name) {
    assertEquals(
        204,
        send(admin, "PUT", "api/v2/admin/tenants/" + tenant + "/members/" + name, null).status());
  }

  /** A ticket for what {@code buyer} presents. */
  static String ticket(Door buyer, String... headers) {
    Door.Answer sold = send(buyer, "POST", "api/v2/tickets", null, headers);
    assertEquals(201, sold.status(), sold.body());
    return sold.json().getString("ticket");
  }

  static String loginBody(String name, String password) {
    return "{\"name\":\"" + name + "\",\"password\":\"" + password + "\"}";
  }

  /** What the login door answers to that name and {@link #PASSWORD}. */
  Door.Answer login(String name, String... headers) {
    return post(nobody, "api/v2/login", loginBody(name, PASSWORD), headers);
  }

  /** The cookie's value after a login that goes well. */
  String session(String name, String... headers) {
    Door.Answer answer = login(name, headers);
    assertEquals(200, answer.status(), answer.body());
    return cookie(answer);
  }

  /** The value of the session's cookie that {@code answer} sets. */
  static String cookie(Door.Answer answer) {
    return answer.header("Set-Cookie").replaceAll(COOKIE + "=([^;]*);.*", "$1");
  }

  /** Ends the session, as the page does. */
  void logout(String cookie) {
    assertEquals(204, send(nobody, "POST", "api/v2/logout", null, fromOurPage(cookie)).status());
  }

  /** What a browser sends from a page of the hub's own. */
  static String[] fromOurPage(String cookie) {
    return new String[] {"Cookie", COOKIE + "=" + cookie, "Sec-Fetch-Site", "same-origin"};
  }

  /** What {@code GET /api/v2/me} is answered with the cookie. */
  int statusOfSession(String cookie) {
    return send(nobody, "GET", "api/v2/me", null, "Cookie", COOKIE + "=" + cookie).status();
  }

  int statusOf(String token) {
    return admin.as(token).get("api/v2/me").status();
  }

  /** The value of an {@code Authorization} header. */
  static String basic(String name, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
  }

  static Door.Answer post(Door door, String path, String body, String... headers) {
    return send(door, "POST", path, body, headers);
  }

  /** Sends JSON, or nothing for null. */
  static Door.Answer send(
      Door door, String method, String path, @Nullable String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(door.at(path))
            .timeout(Waiting.DEADLINE)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", Door.JSON);
    }
    return door.send(headers.length == 0 ? request : request.headers(headers));
  }
}
