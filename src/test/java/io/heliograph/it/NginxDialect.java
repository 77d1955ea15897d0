package io.heliograph.it;

import java.nio.file.Path;
import java.util.List;

final class NginxDialect implements FrontProxy.Dialect {
  @Override
  public void adapt(ProxyFile file, FrontProxy.Setup setup) {
    StringBuilder temporary = new StringBuilder("http {\n");
    // Debian's are root's.
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      temporary.append(kind + "_temp_path " + setup.path(kind) + ";\n");
    }
    file.replace("user www-data;", "user " + System.getProperty("user.name") + ";")
        .replace("pid /run/nginx.pid;", "pid " + setup.path("nginx.pid") + ";")
        .replace("/var/log/nginx", setup.directory().toString())
        .replace("http {", temporary.toString())
        .replace("listen 80 ", "listen 127.0.0.1:" + setup.port() + " ");
    if (setup.hasTls()) {
      file.replace("listen 443 ", "listen 127.0.0.1:" + setup.tlsPort() + " ")
          .replace("/etc/nginx/heliograph", setup.path("heliograph"));
    }
  }

  @Override
  public List<String> command(ProxyProgram program, Path file) {
    return List.of(program.program(), "-c", file.toString(), "-g", "daemon off;");
  }

  @Override
  public void drainFirstNode(FrontProxy proxy) throws InterruptedException {
    String node = "server " + proxy.setup().node(0);
    new ProxyFile(proxy.file()).replace(node, node + " down").write(proxy.file());
    proxy.run(ProxyProgram.NGINX.program(), "-c", proxy.file().toString(), "-s", "reload");
  }
}
