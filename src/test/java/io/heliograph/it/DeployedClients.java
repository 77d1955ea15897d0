package io.heliograph.it;

import java.net.URISyntaxException;
import java.net.URL;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients of the hub that the test class deployed, for each test anew. */
@ExtendWith(ArquillianExtension.class)
abstract class DeployedClients {
  private final AtomicInteger keys = new AtomicInteger();

  @ArquillianResource URL hub;
  Door door;
  ClientLoop loop;

  @BeforeEach
  final void openDoor() throws URISyntaxException {
    door = new Door(hub.toURI());
    loop = new ClientLoop();
  }

  @AfterEach
  final void closeClients() {
    loop.close();
  }

  final SseClient open(String streamAndQuery) {
    return door.client(loop, streamAndQuery).connect();
  }

  /** A key that nobody else uses, so that tests do not see each other's events. */
  final String freshKey() {
    return "k" + keys.incrementAndGet() + "-" + UUID.randomUUID();
  }
}
