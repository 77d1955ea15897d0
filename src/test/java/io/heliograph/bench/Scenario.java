package io.heliograph.bench;

import java.io.IOException;

/** One question to the server, answered in rows of the {@link Report}. */
interface Scenario {
  void run(Stage stage) throws IOException, InterruptedException;
}
