package io.heliograph.access;

import jakarta.servlet.http.HttpServletRequest;

/** Whether a request was let in by a ticket: what is done with one must not outlive it. */
public final class TicketUse {
  private static final String ATTRIBUTE = TicketUse.class.getName();

  private TicketUse() {}

  static void noteIn(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, true);
  }

  public static boolean isIn(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) != null;
  }
}
