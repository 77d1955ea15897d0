package io.heliograph.it;

import java.nio.file.Path;
import java.util.List;

final class ApacheDialect implements FrontProxy.Dialect {
  @Override
  public void adapt(ProxyFile file, FrontProxy.Setup setup) {
    file.replace("/run/apache2/apache2.pid", setup.path("apache2.pid"))
        .replace("DefaultRuntimeDir /run/apache2", "DefaultRuntimeDir " + setup.directory())
        .replace("/var/log/apache2", setup.directory().toString())
        .replace("Listen 80\n", "Listen 127.0.0.1:" + setup.port() + "\n");
    if (setup.hasTls()) {
      file.replace("Listen 443\n", "Listen 127.0.0.1:" + setup.tlsPort() + "\n")
          .replace("<VirtualHost *:443>", "<VirtualHost *:" + setup.tlsPort() + ">")
          .replace("/etc/apache2/heliograph", setup.path("heliograph"));
    }
  }

  @Override
  public List<String> command(ProxyProgram program, Path file) {
    return List.of(program.program(), "-f", file.toString(), "-DFOREGROUND");
  }

  @Override
  public void drainFirstNode(FrontProxy proxy) throws InterruptedException {
    String node = "BalancerMember http://" + proxy.setup().node(0);
    new ProxyFile(proxy.file()).replace(node, node + " status=+N").write(proxy.file());
    // What "apachectl graceful" does.
    proxy.run(ProxyProgram.APACHE.program(), "-f", proxy.file().toString(), "-k", "graceful");
  }
}
