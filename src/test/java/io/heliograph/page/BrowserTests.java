package io.heliograph.page;

import java.net.URL;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** One browser for all tests of a class, and the hub that the class deployed. */
@ExtendWith(ArquillianExtension.class)
@Timeout(120)
abstract class BrowserTests {
  @SuppressWarnings("NullAway.Init")
  static Chromium chromium;

  @ArquillianResource URL hub;

  @BeforeAll
  static void startChromium() {
    chromium = new Chromium();
  }

  @AfterAll
  static void stopChromium() {
    chromium.close();
  }
}
