package io.heliograph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z.-]+)` \\| (?:`([^`]*)` )?\\| .+\\|$", Pattern.MULTILINE);

  @Test
  void configurationTableHasEveryKeyWithItsDefault_andNoOther() throws IOException {
    Settings settings = Settings.of(Map.of());
    HubConfig.read(settings);
    Map<String, String> inCode = new TreeMap<>();
    settings
        .declared()
        .forEach((key, text) -> inCode.put(key.replace("heliograph.stream.events.", ""), text));

    Map<String, String> inReadme = new TreeMap<>();
    Matcher row = ROW.matcher(configurationSection());
    while (row.find()) {
      inReadme.put(row.group(1), row.group(2) == null ? "" : row.group(2));
    }

    assertEquals(inCode, inReadme);
  }

  private static String configurationSection() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    int start = readme.indexOf("\n## Configuration");
    return readme.substring(start, readme.indexOf("\n## ", start + 1));
  }
}
