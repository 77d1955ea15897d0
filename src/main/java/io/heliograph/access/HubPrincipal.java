package io.heliograph.access;

import jakarta.security.enterprise.CallerPrincipal;

/** A caller whom the hub itself knows, as Jakarta Security passes callers on. */
final class HubPrincipal extends CallerPrincipal {
  private static final long serialVersionUID = 1L;

  private final transient Caller caller;

  HubPrincipal(Caller caller) {
    super(containerName(caller));
    this.caller = caller;
  }

  Caller caller() {
    return caller;
  }

  /**
   * The name that the container gets. Only a session's is a name of the realm: Payara gives a
   * caller that is called like a user of its realm that user's groups, and anybody may call a key
   * so.
   */
  private static String containerName(Caller caller) {
    Credential credential = caller.credential();
    return credential.kind() == Credential.Kind.SESSION
        ? caller.shownName()
        : credential.kind().word() + ":" + caller.shownName();
  }
}
