package io.heliograph.it;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

final class HaproxyDialect implements FrontProxy.Dialect {
  @Override
  public void adapt(ProxyFile file, FrontProxy.Setup setup) {
    file.replace("/run/haproxy/admin.sock", setup.path("admin.sock"))
        .replace("bind :80\n", "bind 127.0.0.1:" + setup.port() + "\n");
    if (!FrontProxy.Setup.isRoot()) {
      // Only root can become somebody else.
      file.replace("chroot /var/lib/haproxy", "")
          .replace("    user haproxy", "")
          .replace("    group haproxy", "");
    }
    if (setup.hasTls()) {
      file.replace("bind :443 ", "bind 127.0.0.1:" + setup.tlsPort() + " ")
          .replace("/etc/haproxy/heliograph", setup.path("heliograph"));
    }
  }

  @Override
  public List<String> command(ProxyProgram program, Path file) {
    return List.of(program.program(), "-db", "-f", file.toString());
  }

  @Override
  public void drainFirstNode(FrontProxy proxy) throws IOException {
    Path socket = proxy.setup().directory().resolve("admin.sock");
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      String command = "set server heliograph/node1 state drain\n";
      channel.write(ByteBuffer.wrap(command.getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer answer = ByteBuffer.allocate(1024);
      while (channel.read(answer) >= 0) {
        // An empty line is the answer to what was done.
      }
      String text = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
      if (!text.isBlank()) {
        throw new AssertionError(command + ": " + text);
      }
    }
  }
}
