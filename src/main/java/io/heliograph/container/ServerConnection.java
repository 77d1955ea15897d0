package io.heliograph.container;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;

/**
 * The connection under a response, where the server lets us at it.
 *
 * <p>The Servlet API can only end a response behind what is queued already, and says nothing of
 * sockets: a client that stays connected and reads nothing would keep a socket for as long as it
 * likes, and megabytes of the kernel's memory. On Payara the way down to the Grizzly connection is
 * public, if not documented; it is tried by reflection. Elsewhere, and when anything in it has
 * changed, nothing is done.
 */
public final class ServerConnection {
  /**
   * What the kernel keeps for one reader, who at a round trip of 100 ms gets 1.3 MB/s through it.
   * Left to itself Linux keeps up to 4 MiB, and goes on to find room while nobody reads.
   */
  private static final int SEND_BUFFER_BYTES = 128 * 1024;

  private static final System.Logger LOG = System.getLogger(ServerConnection.class.getName());

  private ServerConnection() {}

  /** Cuts {@code async}'s connection; false if this server knows no way. Does not block. */
  public static boolean cut(AsyncContext async) {
    try {
      call(under(async), "terminateSilently");
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.log(System.Logger.Level.TRACE, "no hard close here", e);
      return false;
    }
  }

  /** Bounds what the kernel keeps for {@code async}'s client, if this server knows a way. */
  public static void boundSendBuffer(AsyncContext async) {
    try {
      if (call(under(async), "getChannel") instanceof NetworkChannel channel) {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
      }
    } catch (ReflectiveOperationException | RuntimeException | IOException e) {
      LOG.log(System.Logger.Level.TRACE, "no bound for the send buffer here", e);
    }
  }

  /**
   * Has Undertow hold nothing back of {@code response}: what it has buffered and cannot send at a
   * flush it keeps, while it says that it is ready, and sends with the next write, whenever that
   * is. What it was given beyond its buffer it announces. To be called before anything is written.
   */
  public static void passWritesOn(ServletResponse response) {
    ServletResponse given = response;
    while (given instanceof ServletResponseWrapper wrapper) {
      given = wrapper.getResponse();
    }
    if (given.getClass().getName().startsWith("io.undertow.")) {
      given.setBufferSize(1);
    }
  }

  private static Object under(AsyncContext async) throws ReflectiveOperationException {
    Object request = call(async.getRequest(), "getUnwrappedCoyoteRequest");
    Object grizzlyRequest = call(call(request, "getCoyoteRequest"), "getRequest");
    return call(grizzlyRequest, "getConnection");
  }

  private static Object call(Object target, String method)
      throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
    Object result = target.getClass().getMethod(method).invoke(target);
    return result == null ? target : result;
  }
}
