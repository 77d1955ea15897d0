package io.heliograph;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.Objects;

/**
 * The page of every error that is the server's and not a resource's: a path outside {@code /api},
 * say. Named in {@code web.xml}; in its place the server would answer in HTML.
 */
@WebServlet(urlPatterns = "/problem", asyncSupported = true)
public class ProblemServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    // Without the attribute somebody has asked for this very path, where there is nothing to see.
    Object given = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    int status = given instanceof Integer code && code >= 400 ? code : 404;
    Response.Status known = Response.Status.fromStatusCode(status);
    String title = known == null ? "Error " + status : Objects.toString(known.getReasonPhrase());
    byte[] body = Problem.ofStatus(status, title, null).json().getBytes(UTF_8);
    response.setStatus(status);
    response.setContentType(Problem.MEDIA_TYPE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
