package io.heliograph.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The proxies that {@code deploy/} has a file for, where Debian puts them. */
enum ProxyProgram {
  NGINX("/usr/sbin/nginx", "deploy/nginx/nginx.conf"),
  HAPROXY("/usr/sbin/haproxy", "deploy/haproxy/haproxy.cfg"),
  APACHE("/usr/sbin/apache2", "deploy/apache/apache2.conf");

  private final Path program;
  private final Path file;

  ProxyProgram(String program, String file) {
    this.program = Path.of(program);
    this.file = Path.of(file);
  }

  boolean isInstalled() {
    return Files.isExecutable(program);
  }

  String program() {
    return program.toString();
  }

  /** What an operator copies. */
  Path file() {
    return file;
  }

  FrontProxy.Dialect dialect() {
    return switch (this) {
      case NGINX -> new NginxDialect();
      case HAPROXY -> new HaproxyDialect();
      case APACHE -> new ApacheDialect();
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
