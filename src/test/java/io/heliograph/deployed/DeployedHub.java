package io.heliograph.deployed;

import io.heliograph.embedded.Directories;
import io.heliograph.embedded.Unlimited;
import io.heliograph.server.TestServer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
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

  /** Under WEB-INF, where MicroProfile Config looks: the server may be another JVM. */
  private static final String CONFIGURATION = "classes/META-INF/microprofile-config.properties";

  private static final AtomicInteger DEPLOYMENTS = new AtomicInteger();

  private DeployedHub() {}

  /**
   * The WAR of this build. Its hub has {@code settings}, each {@code heliograph.key=value}, no
   * limits on connections but those, and no events.
   */
  public static WebArchive with(String... settings) {
    Map<String, String> given = new HashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (!setting.startsWith(SETTING) || equals < 0) {
        throw new IllegalArgumentException(setting + " is not of the form heliograph.key=value");
      }
      given.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    Properties content = new Properties();
    content.putAll(Unlimited.besides(given));
    content.setProperty("heliograph.data", emptyDirectory().toString());
    return ShrinkWrap.create(ZipImporter.class, "heliograph.war")
        .importFrom(TestServer.war().toFile())
        .as(WebArchive.class)
        .addAsWebInfResource(new StringAsset(text(content)), CONFIGURATION);
  }

  private static String text(Properties properties) {
    try {
      StringWriter text = new StringWriter();
      properties.store(text, null);
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path emptyDirectory() {
    Path directory =
        Path.of(TestServer.fromBuild("it.directory"), "deployed-" + DEPLOYMENTS.incrementAndGet())
            .toAbsolutePath();
    try {
      Directories.delete(directory);
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
