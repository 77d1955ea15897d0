package io.heliograph.sse;

import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.BooleanSupplier;

/**
 * A request that leads to the connection under it the way Payara's does; public, like its methods,
 * because the hard close finds them by their names.
 */
public final class CuttableRequest extends ServletRequestWrapper {
  private final Connection connection;

  /**
   * @param isPossible whether there is a way down
   * @param cut what happens to the connection
   */
  CuttableRequest(BooleanSupplier isPossible, Runnable cut) {
    super(FakeServletOutput.proxy(HttpServletRequest.class, (method, arguments) -> null));
    this.connection = new Connection(isPossible, cut);
  }

  public Connection getUnwrappedCoyoteRequest() {
    return connection;
  }

  /** What the hard close meets on its way down. */
  public static final class Connection {
    private final BooleanSupplier isPossible;
    private final Runnable cut;

    private Connection(BooleanSupplier isPossible, Runnable cut) {
      this.isPossible = isPossible;
      this.cut = cut;
    }

    public Connection getCoyoteRequest() {
      return this;
    }

    public Connection getRequest() {
      return this;
    }

    public Connection getConnection() {
      if (!isPossible.getAsBoolean()) {
        throw new IllegalStateException("no way down");
      }
      return this;
    }

    public void terminateSilently() {
      cut.run();
    }
  }
}
