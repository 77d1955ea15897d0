package io.heliograph.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.deployed.DeployedHub;
import io.heliograph.deployed.RealmUsers;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An administrator logs somebody out. */
class SessionDoorIT extends DeployedClients {
  private static final String USER = "leaver";
  private static final String DOOR = "api/v2/admin/sessions/";

  private Credentials credentials;

  @Deployment(testable = false)
  static WebArchive hub() {
    return DeployedHub.with();
  }

  @BeforeEach
  void makeUser() {
    credentials = new Credentials(door);
    RealmUsers.make(USER, Credentials.PASSWORD, "events-read-own");
  }

  @AfterEach
  void removeUser() {
    RealmUsers.remove(USER);
  }

  @Test
  void endsEverySessionOfAUser_andAnswersTheSameWhereThereIsNone() {
    String one = credentials.session(USER);
    String two = credentials.session(USER);
    assertEquals(200, credentials.statusOfSession(one));

    assertEquals(204, delete(door, "LEAVER"));
    assertEquals(401, credentials.statusOfSession(one));
    assertEquals(401, credentials.statusOfSession(two));
    assertEquals(204, delete(door, USER));
    assertEquals(204, delete(door, "nobody%20of%20this%20name"));
  }

  @Test
  void isForAdministratorsOnly() {
    String session = credentials.session(USER);
    String[] own = Credentials.fromOurPage(session);
    assertEquals(
        403, Credentials.send(credentials.nobody(), "DELETE", DOOR + USER, null, own).status());
    assertEquals(401, delete(credentials.nobody(), USER));
    assertEquals(200, credentials.statusOfSession(session));
  }

  private static int delete(Door door, String name) {
    return Credentials.send(door, "DELETE", DOOR + name, null).status();
  }
}
