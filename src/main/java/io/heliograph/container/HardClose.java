package io.heliograph.container;

import jakarta.servlet.AsyncContext;
import java.lang.reflect.InvocationTargetException;

/**
 * Cuts the connection under a response that nobody reads, where the server lets us.
 *
 * <p>The Servlet API can only end a response behind what is queued already, so a client that stays
 * connected and reads nothing would keep a socket and the server's buffers for as long as it likes.
 * On Payara the way down to the Grizzly connection is public, if not documented; it is tried by
 * reflection. Elsewhere, and when anything in it has changed, ending the response is all there is.
 */
public final class HardClose {
  private static final System.Logger LOG = System.getLogger(HardClose.class.getName());

  private HardClose() {}

  /** Cuts {@code async}'s connection; false if this server knows no way. Does not block. */
  public static boolean cut(AsyncContext async) {
    try {
      Object request = call(async.getRequest(), "getUnwrappedCoyoteRequest");
      Object grizzlyRequest = call(call(request, "getCoyoteRequest"), "getRequest");
      call(call(grizzlyRequest, "getConnection"), "terminateSilently");
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.log(System.Logger.Level.TRACE, "no hard close here", e);
      return false;
    }
  }

  private static Object call(Object target, String method)
      throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
    Object result = target.getClass().getMethod(method).invoke(target);
    return result == null ? target : result;
  }
}
