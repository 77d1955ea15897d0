package io.heliograph.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import io.heliograph.embedded.TestCaller;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A headless browser, for one test class. */
final class Chromium implements AutoCloseable {
  private final Playwright playwright;
  private final Browser browser;

  Chromium() {
    @Nullable Path installed = installed();
    Playwright.CreateOptions options = new Playwright.CreateOptions();
    if (installed != null) {
      options.setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
    }
    playwright = Playwright.create(options);
    BrowserType.LaunchOptions launch =
        // Chromium refuses its sandbox to root, as whom tests often run in a container.
        new BrowserType.LaunchOptions().setArgs(List.of("--no-sandbox"));
    if (installed != null) {
      launch.setExecutablePath(installed);
    }
    browser = playwright.chromium().launch(launch);
  }

  Browser browser() {
    return browser;
  }

  /** A page of a caller who may do everything. */
  Page newPage() {
    return newPage(new Browser.NewPageOptions());
  }

  Page newPage(Browser.NewPageOptions options) {
    return browser.newPage(
        options.setExtraHTTPHeaders(Map.of("Authorization", "Bearer " + TestCaller.TOKEN)));
  }

  @Override
  public void close() {
    playwright.close();
  }

  private static @Nullable Path installed() {
    @Nullable String named = System.getenv("CHROMIUM");
    Path path = Path.of(named == null || named.isBlank() ? "/usr/bin/chromium" : named);
    return Files.isExecutable(path) ? path : null;
  }
}
