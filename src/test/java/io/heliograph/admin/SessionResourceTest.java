package io.heliograph.admin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.access.InvalidCredentialException;
import io.heliograph.access.Roles;
import io.heliograph.access.Sessions;
import io.heliograph.access.Tenants;
import io.heliograph.database.Database;
import jakarta.annotation.security.RolesAllowed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door by which an administrator logs somebody out. */
class SessionResourceTest {
  private final Database database;
  private final Sessions sessions;
  private final SessionResource resource;

  SessionResourceTest(@TempDir Path directory) {
    database = Database.open(directory.resolve("hub.db"));
    sessions =
        new Sessions(
            database,
            InstantSource.system(),
            new Tenants(database),
            Duration.ofHours(8),
            Duration.ofHours(24));
    resource = new SessionResource(sessions);
  }

  @AfterEach
  void close() {
    database.close();
  }

  /** Red when the door did nothing. */
  @Test
  void endsAllOfOneUser_howeverTheNameIsWritten() {
    Sessions.Opened here = sessions.open("maria", Set.of(Roles.ADMIN));
    Sessions.Opened there = sessions.open("Maria", Set.of(Roles.ADMIN));
    Sessions.Opened joes = sessions.open("joe", Set.of());
    resource.end("MARIA");
    assertThrows(InvalidCredentialException.class, () -> sessions.authenticate(here.text()));
    assertThrows(InvalidCredentialException.class, () -> sessions.authenticate(there.text()));
    assertEquals("joe", sessions.authenticate(joes.text()).name());
  }

  @Test
  void endsNothing_ofWhomeverHasNoneOrIsNobody() {
    Sessions.Opened opened = sessions.open("maria", Set.of());
    resource.end("nobody");
    resource.end("a\0b");
    resource.end("x".repeat(100_000));
    assertEquals("maria", sessions.authenticate(opened.text()).name());
  }

  @Test
  void isForAdministrators() {
    assertArrayEquals(
        new String[] {Roles.ADMIN},
        SessionResource.class.getAnnotation(RolesAllowed.class).value());
  }
}
