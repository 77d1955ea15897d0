package io.heliograph.server;

import io.heliograph.embedded.Administrator;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A Tomcat's user database: its file before the start, then the manager application's way to the
 * database's beans. Passwords are kept as PBKDF2.
 */
final class TomcatUsers implements Users {
  /** As server.xml has it. */
  private static final int ITERATIONS = 20_000;

  private static final String DATABASE = "Users:type=UserDatabase,database=UserDatabase";

  private final Path file;
  private final TomcatTool tool;

  TomcatUsers(Path file, URI server) {
    this.file = file;
    this.tool = new TomcatTool(server);
  }

  /** Writes the file of a server that has not started. */
  void begin(@Nullable Administrator administrator) throws IOException {
    StringBuilder users = new StringBuilder();
    users.append("<tomcat-users xmlns=\"http://tomcat.apache.org/xml\" version=\"1.0\">\n");
    users.append(user(TomcatTool.NAME, TomcatTool.PASSWORD, TomcatTool.ROLES));
    if (administrator != null) {
      users.append(user(administrator.name(), administrator.password(), Administrator.GROUP));
    }
    Files.writeString(file, users.append("</tomcat-users>\n").toString());
  }

  private static String user(String name, String password, String roles) {
    return String.format(
        Locale.ROOT,
        "  <user username=\"%s\" password=\"%s\" roles=\"%s\"/>%n",
        name,
        digest(password),
        roles);
  }

  /** Hexadecimal salt, the number of rounds and the digest, as Tomcat's digest.sh prints it. */
  private static String digest(String password) {
    byte[] salt = Digest.salt();
    return Digest.hex(salt) + ("$" + ITERATIONS + "$") + Digest.pbkdf2(password, salt, ITERATIONS);
  }

  @Override
  public synchronized void put(String name, String password, Set<String> groups)
      throws IOException {
    if (exists(name)) {
      remove(name);
    }
    for (String group : groups) {
      if (bean("findRole", group).isEmpty()) {
        bean("createRole", group, group);
      }
    }
    String user = bean("createUser", name, digest(password), name);
    for (String group : new TreeSet<>(groups)) {
      invoke(user, "addRole", List.of(group));
    }
  }

  @Override
  public synchronized void remove(String name) throws IOException {
    if (!exists(name)) {
      throw new IllegalStateException("Tomcat's database has no user " + name);
    }
    bean("removeUser", name);
  }

  private boolean exists(String name) throws IOException {
    return !bean("findUser", name).isEmpty();
  }

  private String bean(String operation, String... arguments) throws IOException {
    return invoke(DATABASE, operation, List.of(arguments));
  }

  /** What the operation returned; empty for nothing. */
  private String invoke(String bean, String operation, List<String> arguments) throws IOException {
    String query =
        "jmxproxy/?invoke="
            + encoded(bean)
            + "&op="
            + operation
            + "&ps="
            + encoded(String.join(",", arguments));
    List<String> lines = tool.ask(tool.request(query)).lines().toList();
    return lines.size() > 1 ? lines.get(1).strip() : "";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
