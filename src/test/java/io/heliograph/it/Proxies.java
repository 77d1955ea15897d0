package io.heliograph.it;

import java.net.URI;
import java.util.EnumMap;
import java.util.Map;

/** All three proxies, as far as they are installed, in front of the same hubs. */
final class Proxies implements AutoCloseable {
  private final Map<ProxyProgram, FrontProxy> running = new EnumMap<>(ProxyProgram.class);

  Proxies(URI... nodes) {
    try {
      for (ProxyProgram program : ProxyProgram.values()) {
        if (program.isInstalled()) {
          running.put(program, FrontProxy.start(program, nodes));
        }
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** The one of that program; aborts the test where it is not installed. */
  FrontProxy of(ProxyProgram program) {
    FrontProxy.assumeInstalled(program);
    FrontProxy proxy = running.get(program);
    if (proxy == null) {
      throw new AssertionError(program + " was not started");
    }
    return proxy;
  }

  Iterable<Map.Entry<ProxyProgram, FrontProxy>> all() {
    return running.entrySet();
  }

  @Override
  public void close() {
    running.values().forEach(FrontProxy::close);
  }
}
