package io.heliograph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.body.RefusedRequestException;
import io.heliograph.body.RefusedRequestException.Reason;
import io.heliograph.event.EventTooLargeException;
import io.heliograph.event.InvalidEventException;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.log.OutcomeUnknownException;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.metrics.Refusal;
import io.heliograph.stream.InvalidParameterException;
import io.heliograph.stream.Refusals;
import io.heliograph.stream.StoppingException;
import io.heliograph.stream.UnknownStreamException;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.InternalServerErrorException;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.RedirectionException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProblemMapperTest {
  private final HubMetrics metrics = new HubMetrics(null);
  private final ProblemMapper mapper = new ProblemMapper(metrics);

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new InvalidEventException("type", "no"), 422, "/problems/invalid-field"),
        Arguments.of(new EventTooLargeException(300_000), 413, "/problems/too-large"),
        Arguments.of(
            new InvalidParameterException("limit", "no"), 400, "/problems/invalid-parameter"),
        Arguments.of(new UnknownStreamException("x"), 404, "/problems/unknown-stream"),
        Arguments.of(new LogUnavailableException("jdbc"), 503, "/problems/log-unavailable"),
        Arguments.of(
            new OutcomeUnknownException("jdbc", new IOException()),
            503,
            "/problems/outcome-unknown"),
        Arguments.of(new RejectedExecutionException("pool"), 503, "/problems/stopping"),
        Arguments.of(new IllegalStateException("jdbc"), 500, "/problems/internal"),
        Arguments.of(new StackOverflowError(), 500, "/problems/internal"),
        Arguments.of(new InternalServerErrorException("jdbc"), 500, "/problems/internal"),
        Arguments.of(refusal(Reason.MALFORMED), 400, "/problems/malformed-request"),
        Arguments.of(refusal(Reason.TOO_SLOW), 408, "/problems/too-slow"),
        Arguments.of(refusal(Reason.CONFLICT), 409, "/problems/conflict"),
        Arguments.of(refusal(Reason.TOO_LARGE), 413, "/problems/too-large"),
        Arguments.of(refusal(Reason.UNSUPPORTED_TYPE), 415, "/problems/unsupported-content-type"),
        Arguments.of(refusal(Reason.INVALID), 422, "/problems/invalid-field"),
        Arguments.of(new NotFoundException(), 404, "about:blank"),
        Arguments.of(new NotAllowedException("GET"), 405, "about:blank"),
        Arguments.of(new NotAcceptableException(), 406, "about:blank"),
        Arguments.of(new NotSupportedException(), 415, "about:blank"),
        Arguments.of(new WebApplicationException(429), 429, "about:blank"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void mapsEachFailure(Throwable failure, int status, String type) {
    Response response = quietly(failure);

    String json = String.valueOf(response.getEntity());
    assertEquals(status, response.getStatus());
    assertEquals("application/problem+json", response.getMediaType().toString());
    assertTrue(json.startsWith("{\"type\":\"" + type + "\",\"title\":\""), json);
    assertTrue(json.contains("\"status\":" + status + ",\"detail\":\""), json);
    assertTrue(json.contains(",\"error\":\""), json);
    assertFalse(json.contains("jdbc") || json.contains("HTTP "), json);
    boolean isOverloaded = status == 429 || status == 503;
    assertEquals(isOverloaded ? "5" : null, response.getHeaderString("Retry-After"));
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(new InvalidEventException("type", "no"), Refusal.INVALID),
        Arguments.of(new InvalidParameterException("limit", "no"), Refusal.INVALID),
        Arguments.of(refusal(Reason.MALFORMED), Refusal.INVALID),
        Arguments.of(refusal(Reason.TOO_SLOW), Refusal.INVALID),
        Arguments.of(refusal(Reason.UNSUPPORTED_TYPE), Refusal.INVALID),
        Arguments.of(refusal(Reason.INVALID), Refusal.INVALID),
        Arguments.of(new NotAllowedException("GET"), Refusal.INVALID),
        Arguments.of(new NotFoundException(), Refusal.NOT_FOUND),
        Arguments.of(new UnknownStreamException("x"), Refusal.UNKNOWN_STREAM),
        Arguments.of(new EventTooLargeException(300_000), Refusal.TOO_LARGE),
        Arguments.of(refusal(Reason.TOO_LARGE), Refusal.TOO_LARGE),
        Arguments.of(refusal(Reason.CONFLICT), Refusal.CONFLICT),
        Arguments.of(new LogUnavailableException("jdbc"), Refusal.LOG_UNAVAILABLE),
        Arguments.of(
            new OutcomeUnknownException("jdbc", new IOException()), Refusal.OUTCOME_UNKNOWN),
        Arguments.of(new RejectedExecutionException("pool"), Refusal.BUSY),
        Arguments.of(new StoppingException(), Refusal.STOPPING));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void countsEachRefusalOnce(Throwable failure, Refusal reason) {
    mapper.toResponse(failure);

    for (Refusal any : Refusal.values()) {
      assertEquals(any == reason ? 1 : 0, metrics.refusals(any), any.word());
    }
  }

  @Test
  void countsNoRefusal_whereTheHubFailed_orWhereItSendsElsewhere() {
    quietly(new IllegalStateException("jdbc"));
    mapper.toResponse(new RedirectionException(303, URI.create("http://h/")));

    for (Refusal any : Refusal.values()) {
      assertEquals(0, metrics.refusals(any), any.word());
    }
  }

  @Test
  void rendersAProblem() {
    assertEquals(
        "{\"type\":\"/problems/invalid-field\",\"title\":\"A field does not fit\",\"status\":422,"
            + "\"detail\":\"type: \\\"a\\\" \\u0007 ä\\n\",\"error\":\"type: \\\"a\\\" \\u0007 ä\\n\"}",
        mapper.toResponse(new InvalidEventException("type", "\"a\" \u0007 ä\n")).getEntity());
  }

  /**
   * Seen red: clients of jobs, which read nothing but {@code error}, saw words they did not know.
   */
  @Test
  void saysTheSentenceThatClientsWerePromised_besideItsOwnWords() {
    Response response = mapper.toResponse(Refusals.ofAddress("jobs", "3rd connection from x"));

    String json = String.valueOf(response.getEntity());
    assertEquals(429, response.getStatus());
    assertEquals("5", response.getHeaderString("Retry-After"));
    assertTrue(json.contains("\"detail\":\"3rd connection from x\""), json);
    assertTrue(json.contains("\"error\":\"Too many SSE connections from this IP\""), json);
    assertTrue(json(Refusals.ofAddress("observability", "6th")).contains("\"error\":\"6th\""));
  }

  @Test
  void keepsTheRuntimesHeaders() {
    assertEquals("GET", mapper.toResponse(new NotAllowedException("GET")).getHeaderString("Allow"));
    assertEquals(
        "Basic realm=\"hub\"",
        mapper
            .toResponse(new NotAuthorizedException("Basic realm=\"hub\""))
            .getHeaderString("WWW-Authenticate"));
    assertEquals(
        "17",
        mapper.toResponse(new ServiceUnavailableException(17L)).getHeaderString("Retry-After"));
  }

  @Test
  void saysWhatAResourceSaid_butNotWhatARuntimeSaid() {
    assertTrue(json(new BadRequestException("take another")).contains("take another"));
    assertFalse(
        json(new NotFoundException("RESTEASY003210: http://h/?token=secret")).contains("secret"));
    assertTrue(json(new NotFoundException()).contains("there is nothing at this address"));
  }

  @Test
  void closesTheConnection_whereTheRestOfABodyMayStillCome() {
    assertEquals(
        "close", mapper.toResponse(refusal(Reason.TOO_LARGE)).getHeaderString("Connection"));
    assertEquals(
        "close", mapper.toResponse(refusal(Reason.TOO_SLOW)).getHeaderString("Connection"));
    assertNull(mapper.toResponse(refusal(Reason.INVALID)).getHeaderString("Connection"));
  }

  @Test
  void leavesRedirectsAlone_andAnswersThatAreThereAlready() {
    RedirectionException redirect = new RedirectionException(303, URI.create("http://h/"));
    assertSame(redirect.getResponse(), mapper.toResponse(redirect));
    Response given = Response.status(400).entity("mine").build();
    assertSame(given, mapper.toResponse(new BadRequestException(given)));
  }

  @Test
  void logsTheUnexpectedOnce_underTheReferenceItGives() {
    Records records = new Records();
    Logger logger = Logger.getLogger(ProblemMapper.class.getName());
    logger.setUseParentHandlers(false);
    logger.addHandler(records);
    try {
      IllegalStateException failure = new IllegalStateException("jdbc");
      String json = json(failure);

      assertEquals(1, records.all.size());
      LogRecord only = records.all.get(0);
      assertSame(failure, only.getThrown());
      String reference = only.getMessage().replaceFirst(".* reference ", "");
      assertTrue(json.contains(reference), json);
    } finally {
      logger.removeHandler(records);
      logger.setUseParentHandlers(true);
    }
  }

  private String json(Throwable failure) {
    return String.valueOf(quietly(failure).getEntity());
  }

  private Response quietly(Throwable failure) {
    Logger logger = Logger.getLogger(ProblemMapper.class.getName());
    boolean was = logger.getUseParentHandlers();
    logger.setUseParentHandlers(false);
    try {
      return mapper.toResponse(failure);
    } finally {
      logger.setUseParentHandlers(was);
    }
  }

  private static RefusedRequestException refusal(Reason reason) {
    return new RefusedRequestException(reason, "because");
  }

  private static final class Records extends Handler {
    private final List<LogRecord> all = new ArrayList<>();

    @Override
    public void publish(LogRecord record) {
      all.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
