package io.heliograph.deployed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Asked of the container's own BASIC, so that nothing of the hub's has a part in it. */
@ExtendWith(ArquillianExtension.class)
class RealmUsersIT {
  private static final String WEB_XML =
      """
      <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
        <servlet>
          <servlet-name>who</servlet-name>
          <servlet-class>io.heliograph.deployed.RealmUsersIT$Who</servlet-class>
        </servlet>
        <servlet-mapping><servlet-name>who</servlet-name><url-pattern>/who</url-pattern></servlet-mapping>
        <security-constraint>
          <web-resource-collection>
            <web-resource-name>all</web-resource-name><url-pattern>/*</url-pattern>
          </web-resource-collection>
          <auth-constraint><role-name>readers</role-name></auth-constraint>
        </security-constraint>
        <login-config><auth-method>BASIC</auth-method><realm-name>file</realm-name></login-config>
        <security-role><role-name>readers</role-name></security-role>
        <security-role><role-name>writers</role-name></security-role>
        <security-role><role-name>others</role-name></security-role>
      </web-app>
      """;

  @ArquillianResource private URL application;

  @Deployment(testable = false)
  static WebArchive application() {
    return ShrinkWrap.create(WebArchive.class, "who.war")
        .addClass(Who.class)
        .setWebXML(new StringAsset(WEB_XML));
  }

  @Test
  void letsInWhomItMadeAfterTheDeployment_withTheirGroups() throws Exception {
    assertEquals("401 ", ask("maria", "secret"));

    RealmUsers.make("maria", "secret", "readers", "writers");

    assertEquals("200 maria readers writers", ask("maria", "secret"));
    assertEquals("401 ", ask("maria", "Secret"));
    RealmUsers.remove("maria");
  }

  @Test
  void refusesTheFormerPasswordAndGroups_onceBothAreOthers() throws Exception {
    RealmUsers.make("otto", "former", "readers", "writers");
    assertEquals("200 otto readers writers", ask("otto", "former"));

    RealmUsers.make("otto", "later", "readers", "others");

    assertEquals("401 ", ask("otto", "former"));
    assertEquals("200 otto readers others", ask("otto", "later"));
    RealmUsers.remove("otto");
  }

  @Test
  void shutsOutWhomItRemoved() throws Exception {
    RealmUsers.make("petra", "secret", "readers");
    assertEquals("200 petra readers", ask("petra", "secret"));

    RealmUsers.remove("petra");

    assertEquals("401 ", ask("petra", "secret"));
    assertThrows(IllegalStateException.class, () -> RealmUsers.remove("petra"));
  }

  @Test
  void takesNamesAndPasswordsThatAFileOfPropertiesWouldMistake() throws Exception {
    RealmUsers.make("a-b_c.d@e", "#a\\b=c:d!{x}${y}", "readers");

    assertEquals("200 a-b_c.d@e readers", ask("a-b_c.d@e", "#a\\b=c:d!{x}${y}"));
    RealmUsers.remove("a-b_c.d@e");
  }

  /** The status, and what {@link Who} says. */
  private String ask(String name, String password) throws Exception {
    String pair = name + ":" + password;
    HttpRequest request =
        HttpRequest.newBuilder(application.toURI().resolve("who"))
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + (answer.statusCode() == 200 ? answer.body() : "");
  }

  /** Says who asks, and which of the roles they have. */
  public static final class Who extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response
          .getWriter()
          .print(
              request.getRemoteUser()
                  + Stream.of("readers", "writers", "others")
                      .filter(request::isUserInRole)
                      .map(role -> " " + role)
                      .collect(Collectors.joining()));
    }
  }
}
