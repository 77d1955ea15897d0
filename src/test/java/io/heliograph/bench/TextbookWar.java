package io.heliograph.bench;

import java.nio.file.Path;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** Makes the WAR that the hub is compared with. */
final class TextbookWar {
  private TextbookWar() {}

  static Path writeTo(Path directory) {
    Path war = directory.resolve("textbook.war");
    ShrinkWrap.create(WebArchive.class, "textbook.war")
        .addClasses(TextbookApplication.class, TextbookResource.class)
        .as(ZipExporter.class)
        .exportTo(war.toFile(), true);
    return war;
  }
}
