package io.heliograph.deployed;

import io.heliograph.embedded.Directories;
import io.heliograph.embedded.Unlimited;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * What a test class deploys:
 *
 * <pre>{@code
 * @ExtendWith(ArquillianExtension.class)
 * class OrdersIT {
 *   @Deployment(testable = false)
 *   static WebArchive hub() {
 *     return DeployedHub.with("heliograph.streams=orders");
 *   }
 *
 *   @ArquillianResource private URL hub;
 * }
 * }</pre>
 */
public final class DeployedHub {
  private static final String SETTING = "heliograph.";
  private static final AtomicInteger DEPLOYMENTS = new AtomicInteger();

  private DeployedHub() {}

  /**
   * The WAR of this build. Its hub has {@code settings}, each {@code heliograph.key=value}, no
   * limits on connections but those, and no events.
   */
  public static WebArchive with(String... settings) {
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith(SETTING)) {
        System.clearProperty(name);
      }
    }
    System.setProperty("heliograph.data", emptyDirectory().toString());
    Map<String, String> given = new HashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (!setting.startsWith(SETTING) || equals < 0) {
        throw new IllegalArgumentException(setting + " is not of the form heliograph.key=value");
      }
      given.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    Unlimited.besides(given).forEach(System::setProperty);
    return ShrinkWrap.create(ZipImporter.class, "heliograph.war")
        .importFrom(Path.of(fromBuild("hub.war")).toFile())
        .as(WebArchive.class);
  }

  private static Path emptyDirectory() {
    Path directory =
        Path.of(fromBuild("it.directory"), "deployed-" + DEPLOYMENTS.incrementAndGet());
    try {
      Directories.delete(directory);
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String fromBuild(String property) {
    return Objects.requireNonNull(
        System.getProperty(property), () -> "the POM sets " + property + " for tests; run Maven");
  }
}
