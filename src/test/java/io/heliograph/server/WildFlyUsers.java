package io.heliograph.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * A WildFly's ApplicationRealm: its two files, as add-user.sh writes them, and the management
 * operation that has a running server read them again.
 */
final class WildFlyUsers implements Users {
  private static final String REALM = "ApplicationRealm";
  private static final String TOOL = "tests";
  private static final String TOOL_PASSWORD = "tests";
  private static final String LOAD =
      "{\"operation\":\"load\",\"address\":"
          + "[{\"subsystem\":\"elytron\"},{\"properties-realm\":\"ApplicationRealm\"}]}";

  private final Path users;
  private final Path groups;
  private final int managementPort;

  WildFlyUsers(Path configuration, int managementPort) {
    this.users = configuration.resolve("application-users.properties");
    this.groups = configuration.resolve("application-roles.properties");
    this.managementPort = managementPort;
  }

  /** Lets the tests at the management of every server that is made of {@code configuration}. */
  static void prepare(Path configuration) throws IOException {
    Path file = configuration.resolve("mgmt-users.properties");
    Properties managers = read(file);
    managers.setProperty(TOOL, Digest.md5(TOOL + ":" + Management.REALM + ":" + TOOL_PASSWORD));
    write(file, managers);
  }

  @Override
  public synchronized void put(String name, String password, Set<String> groups)
      throws IOException {
    write(name, password, groups);
    load();
  }

  /** Likewise, while the server does not run. */
  synchronized void write(String name, String password, Set<String> given) throws IOException {
    Properties hashes = read(users);
    hashes.setProperty(name, Digest.md5(name + ":" + REALM + ":" + password));
    Properties roles = read(groups);
    roles.setProperty(name, String.join(",", new TreeSet<>(given)));
    write(groups, roles);
    write(users, hashes);
  }

  @Override
  public synchronized void remove(String name) throws IOException {
    Properties hashes = read(users);
    if (hashes.remove(name) == null) {
      throw new IllegalStateException("WildFly's realm has no user " + name);
    }
    Properties roles = read(groups);
    roles.remove(name);
    write(users, hashes);
    write(groups, roles);
    load();
  }

  private void load() throws IOException {
    new Management(managementPort, TOOL, TOOL_PASSWORD).run(LOAD);
  }

  private static Properties read(Path file) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    }
    return properties;
  }

  private static void write(Path file, Properties properties) throws IOException {
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Files.writeString(file, text.toString(), StandardCharsets.ISO_8859_1);
  }
}
