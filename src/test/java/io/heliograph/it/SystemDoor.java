package io.heliograph.it;

import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.log.Publication;
import io.heliograph.publish.Publisher;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;

/**
 * Publishes one event to the stream named in the path, past the general door: as a system does,
 * whatever its own door makes of a request.
 */
@WebServlet("/past-the-door/*")
public class SystemDoor extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private transient Publisher publisher;

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response) {
    EventDraft draft =
        new EventDraft(
            request.getPathInfo().substring(1),
            List.of(),
            null,
            null,
            "t",
            EventData.of("{\"n\":1}"),
            null,
            false);
    publisher.publish(Publication.of(List.of(draft))).toCompletableFuture().join();
    response.setStatus(HttpServletResponse.SC_CREATED);
  }
}
