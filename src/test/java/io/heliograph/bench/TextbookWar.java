package io.heliograph.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** Makes the WAR that the hub is compared with. */
final class TextbookWar {
  private TextbookWar() {}

  static Path writeTo(Path directory) throws IOException {
    WebArchive archive =
        ShrinkWrap.create(WebArchive.class, "textbook.war")
            .addClasses(TextbookApplication.class, TextbookResource.class);
    // The POM names a directory where the server brings no JAX-RS.
    String libraries = System.getProperty("textbook.libraries", "");
    if (!libraries.isEmpty()) {
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(libraries), "*.jar")) {
        for (Path jar : jars) {
          archive.addAsLibrary(jar.toFile());
        }
      }
    }
    Path war = directory.resolve("textbook.war");
    archive.as(ZipExporter.class).exportTo(war.toFile(), true);
    return war;
  }
}
