package io.heliograph.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.glassfish.embeddable.CommandResult;
import org.glassfish.embeddable.CommandRunner;

/**
 * The users of a Payara in this JVM, made by Payara's own tool; deployed applications see a change
 * at once.
 *
 * <p>Payara takes names of letters, digits and {@code - _ . @}, here without a dash in front, which
 * would be an option; passwords without white space; groups without colons. Every method throws
 * {@link IllegalStateException} with the tool's words if it refuses.
 */
public final class FileRealm {
  private static final String PASSWORD = "AS_ADMIN_USERPASSWORD";

  /** What the tool lists is indented so far, below lines of its own. */
  private static final String INDENT = "    ";

  private final CommandRunner tool;

  public FileRealm(CommandRunner tool) {
    this.tool = tool;
  }

  /** All users' names. */
  public List<String> names() {
    return listed(run("list-file-users"));
  }

  /** The groups of {@code name}, sorted. */
  public Set<String> groupsOf(String name) {
    return new TreeSet<>(listed(run("list-file-groups", "--name", name)));
  }

  /** Makes a user, or gives one a new password and other groups. */
  public void put(String name, String password, Set<String> groups) throws IOException {
    String act = names().contains(name) ? "update-file-user" : "create-file-user";
    // Readable by its owner only, where the file system knows owners.
    Path file = Files.createTempFile("user", "");
    try {
      Properties content = new Properties();
      content.setProperty(PASSWORD, password);
      try (OutputStream out = Files.newOutputStream(file)) {
        content.store(out, null);
      }
      run(act, "--passwordfile", file.toString(), "--groups", String.join(":", groups), name);
    } finally {
      Files.delete(file);
    }
  }

  public void remove(String name) {
    run("delete-file-user", name);
  }

  private static List<String> listed(String output) {
    List<String> names = new ArrayList<>();
    output.lines().filter(line -> line.startsWith(INDENT)).forEach(line -> names.add(line.strip()));
    return names;
  }

  private String run(String command, String... arguments) {
    CommandResult result = tool.run(command, arguments);
    if (result.getExitStatus() == CommandResult.ExitStatus.FAILURE) {
      throw new IllegalStateException(
          "Payara's " + command + " failed: " + result.getOutput().strip(),
          result.getFailureCause());
    }
    return result.getOutput();
  }
}
