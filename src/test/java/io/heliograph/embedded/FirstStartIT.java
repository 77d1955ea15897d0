package io.heliograph.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a start does about people. Most of it with a stand-in for the hub, whose doors are guarded
 * by the server's own BASIC.
 */
@Timeout(300)
class FirstStartIT {
  private static final String WEB_XML =
      """
      <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
        <servlet>
          <servlet-name>doors</servlet-name>
          <servlet-class>io.heliograph.embedded.FirstStartIT$Doors</servlet-class>
        </servlet>
        <servlet-mapping><servlet-name>doors</servlet-name><url-pattern>/api/v2/*</url-pattern></servlet-mapping>
        <security-constraint>
          <web-resource-collection>
            <web-resource-name>all</web-resource-name><url-pattern>/*</url-pattern>
          </web-resource-collection>
          <auth-constraint><role-name>events-admin</role-name></auth-constraint>
        </security-constraint>
        <login-config><auth-method>BASIC</auth-method><realm-name>file</realm-name></login-config>
        <security-role><role-name>events-admin</role-name></security-role>
      </web-app>
      """;

  private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
  private final int port = HubProcess.freePort();

  @TempDir private Path data;
  @TempDir private Path elsewhere;

  @Test
  void makesOneAdministratorAndOneKey_atTheFirstStartOnly() throws Exception {
    Handover first;
    try (HubProcess hub = start(standIn(), People.FIRST_ADMINISTRATOR)) {
      URI url = hub.awaitReady(HubProcess.START_DEADLINE);
      first = hub.takeHandover().orElseThrow();
      Administrator admin = made(first);
      assertEquals("admin", admin.name());
      assertEquals(List.of("admin"), first.administrators());
      assertEquals(Doors.KEY, first.key());
      assertEquals(200, statusFor(url, admin));
      assertEquals(Optional.empty(), hub.takeHandover());
      assertSecretsAreInNoFile(admin.password(), Doors.KEY);
      assertEquals(0, hub.stop());
    }
    assertSecretsAreInNoFile(made(first).password(), Doors.KEY);
    assertOwnerOnly(data.resolve("users"));

    try (HubProcess hub = start(standIn(), People.FIRST_ADMINISTRATOR)) {
      URI url = hub.awaitReady(HubProcess.START_DEADLINE);
      Handover second = hub.takeHandover().orElseThrow();
      assertEquals(new Handover(null, null, List.of("admin")), second);
      assertEquals(200, statusFor(url, made(first)));
    }
    for (String line : said) {
      assertFalse(line.contains(made(first).password()) || line.contains(Doors.KEY), line);
    }
  }

  @Test
  void givesANewPassword_andTheFormerIsWorthless() throws Exception {
    Administrator former;
    try (HubProcess hub = start(standIn(), People.withNewPassword("maria"))) {
      hub.awaitReady(HubProcess.START_DEADLINE);
      Handover first = hub.takeHandover().orElseThrow();
      former = made(first);
      assertEquals(List.of("maria"), first.administrators());
      assertNotNull(first.key());
      // SIGKILL: the realm must not depend on a clean stop.
      hub.kill();
    }
    try (HubProcess hub = start(standIn(), People.withNewPassword("maria"))) {
      URI url = hub.awaitReady(HubProcess.START_DEADLINE);
      Handover second = hub.takeHandover().orElseThrow();
      assertNull(second.key());
      assertEquals(List.of("maria"), second.administrators());
      assertNotEquals(former.password(), made(second).password());
      assertEquals(200, statusFor(url, made(second)));
      assertEquals(401, statusFor(url, former));
      assertSecretsAreInNoFile(made(second).password());
    }
  }

  @Test
  void makesNobody_whenTheHubDoesNotComeUp() throws Exception {
    Map<String, String> wrong = Map.of("heliograph.log.flux", "1.21");
    try (HubProcess hub =
        HubProcess.launch(plan(hub(), "127.0.0.1", People.FIRST_ADMINISTRATOR, wrong))) {
      assertThrows(CannotStartException.class, () -> hub.awaitReady(HubProcess.START_DEADLINE));
      assertEquals(Serve.REFUSED, hub.awaitEnd());
      assertEquals(Optional.empty(), hub.takeHandover());
    }
    assertEquals("", Files.readString(data.resolve("users")));
  }

  @Test
  void listensWhereOthersReachIt_onlyWithAnAdministrator() throws Exception {
    try (HubProcess hub =
        HubProcess.launch(plan(standIn(), "0.0.0.0", People.UNTOUCHED, Map.of()))) {
      assertThrows(CannotStartException.class, () -> hub.awaitReady(HubProcess.START_DEADLINE));
      assertEquals(Serve.REFUSED, hub.awaitEnd());
      assertTrue(
          said.stream().anyMatch(line -> line.contains("only once it has an administrator")),
          () -> "it said " + said);
    }
    try (HubProcess hub =
        HubProcess.launch(plan(standIn(), "0.0.0.0", People.FIRST_ADMINISTRATOR, Map.of()))) {
      URI url = hub.awaitReady(HubProcess.START_DEADLINE);
      Administrator admin = made(hub.takeHandover().orElseThrow());
      assertEquals(URI.create("http://127.0.0.1:" + port + "/"), url);
      assertEquals(200, statusFor(url, admin));
      for (InetAddress address : addressesBeyondLoopback()) {
        assertEquals(200, statusFor(new Listening(address, port).url(), admin));
      }
    }
  }

  @Test
  void hubItselfLetsTheFirstAdministratorInAndTakesTheFirstKey() throws Exception {
    try (HubProcess hub = start(hub(), People.FIRST_ADMINISTRATOR)) {
      URI url = hub.awaitReady(HubProcess.START_DEADLINE);
      Handover first = hub.takeHandover().orElseThrow();
      Administrator admin = made(first);
      assertEquals(200, statusFor(url, admin));
      String key = first.key();
      assertNotNull(key, () -> "it said " + said);
      URI history = url.resolve("api/v2/streams/events/events");
      assertEquals(200, status(history, "Bearer " + key));
      assertEquals(401, status(history, "Bearer " + key + "x"));
      assertSecretsAreInNoFile(admin.password(), key);
    }
  }

  private HubProcess start(Path war, People people) throws IOException {
    return HubProcess.launch(plan(war, "127.0.0.1", people, Map.of()));
  }

  private HubProcess.Plan plan(
      Path war, String address, People people, Map<String, String> settings) {
    return new HubProcess.Plan(
        war, address, port, data, people, settings, Map.of(), List.of("-Xmx512m"), said::add);
  }

  private static Path hub() {
    return Path.of(System.getProperty("hub.war"));
  }

  private Path standIn() {
    Path war = elsewhere.resolve("stand-in.war");
    ShrinkWrap.create(WebArchive.class, "stand-in.war")
        .addClass(Doors.class)
        .setWebXML(new StringAsset(WEB_XML))
        .as(ZipExporter.class)
        .exportTo(war.toFile(), true);
    return war;
  }

  private static Administrator made(Handover handover) {
    @Nullable Administrator made = handover.made();
    assertNotNull(made);
    return made;
  }

  private static int statusFor(URI hub, Administrator administrator) throws Exception {
    String pair = administrator.name() + ":" + administrator.password();
    return status(
        hub.resolve("api/v2/me"),
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  private static int status(URI door, String authorization) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(door).header("Authorization", authorization).build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private void assertSecretsAreInNoFile(String... secrets) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      List<Path> regular = files.filter(Files::isRegularFile).toList();
      assertTrue(regular.contains(data.resolve("server.log")), () -> "searched " + regular);
      for (Path file : regular) {
        // One character a byte, so that no byte is passed over.
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        for (String secret : secrets) {
          assertFalse(bytes.contains(secret), () -> "a secret is in " + file);
        }
      }
    }
  }

  private static void assertOwnerOnly(Path file) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView(PosixFileAttributeView.class)) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
  }

  private static List<InetAddress> addressesBeyondLoopback() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .toList();
  }

  /** Who am I, and a key for whoever asks as the hub expects it. */
  public static final class Doors extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Put together here only, so that the WAR's file does not hold it as such. */
    static final String KEY = "hk_".concat("4711-never-in-a-file");

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      response.setStatus("/me".equals(request.getPathInfo()) ? 200 : 404);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean isExpected =
          "/admin/api-keys".equals(request.getPathInfo())
              && "application/json".equals(request.getContentType())
              && body.equals(
                  "{\"name\":\"first\",\"roles\":[\"events-read-all\",\"events-publish\"]}");
      response.setStatus(isExpected ? 201 : 422);
      response.setContentType("application/json");
      response.getWriter().print(isExpected ? "{\"id\":\"1\",\"key\":\"" + KEY + "\"}" : "{}");
    }
  }
}
