package io.heliograph.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;

/** Through the manager application. */
final class TomcatDeployments implements Deployments {
  private final TomcatTool tool;

  TomcatDeployments(URI server) {
    this.tool = new TomcatTool(server);
  }

  @Override
  public void deploy(String name, Path war) throws IOException {
    tool.ask(
        tool.request("text/deploy?path=" + path(name)).PUT(HttpRequest.BodyPublishers.ofFile(war)));
  }

  @Override
  public void undeploy(String name) throws IOException {
    tool.ask(tool.request("text/undeploy?path=" + path(name)));
  }

  private static String path(String name) {
    return name.equals(ROOT) ? "/" : "/" + name;
  }

  @Override
  public String classLoader() {
    return "org.apache.catalina.loader.ParallelWebappClassLoader";
  }
}
