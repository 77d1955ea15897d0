package io.heliograph.account;

import io.heliograph.access.Caller;
import io.heliograph.body.JsonText;

/** A caller as it is told to itself. */
final class CallerJson {
  private CallerJson() {}

  static String of(Caller caller) {
    return new JsonText()
        .begin()
        .put("name", caller.name())
        .put("roles", caller.roles())
        .put("tenant", caller.tenant())
        .put("authenticated_by", caller.credential().kind().word())
        .end()
        .toString();
  }
}
