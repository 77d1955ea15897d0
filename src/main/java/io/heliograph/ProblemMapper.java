package io.heliograph;

import io.heliograph.access.ForbiddenException;
import io.heliograph.access.InvalidCredentialException;
import io.heliograph.access.InvalidGrantException;
import io.heliograph.access.KeysUnavailableException;
import io.heliograph.access.NotAuthenticatedException;
import io.heliograph.access.TooManyLoginsException;
import io.heliograph.access.TooManyTicketsException;
import io.heliograph.body.RefusedRequestException;
import io.heliograph.database.DatabaseUnavailableException;
import io.heliograph.event.EventTooLargeException;
import io.heliograph.event.InvalidEventException;
import io.heliograph.log.LogUnavailableException;
import io.heliograph.log.OutcomeUnknownException;
import io.heliograph.metrics.HubMetrics;
import io.heliograph.metrics.Refusal;
import io.heliograph.stream.InvalidParameterException;
import io.heliograph.stream.RefusedConnectionException;
import io.heliograph.stream.StoppingException;
import io.heliograph.stream.UnknownStreamException;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Turns whatever a resource or the JAX-RS runtime throws into {@code application/problem+json}: the
 * one place that does, and the one that counts refusals.
 *
 * <p>What nobody foresaw is a 500 that tells the client a reference, and the log the rest.
 */
@Dependent
@Provider
public class ProblemMapper implements ExceptionMapper<Throwable> {
  private static final Logger LOGGER = System.getLogger(ProblemMapper.class.getName());

  /** A store that went away is back after a restart or a fail-over, which take seconds. */
  private static final Duration STORE_RETRY = Duration.ofSeconds(5);

  /** How the runtimes' own messages begin: they say the status again, or where the URL led. */
  private static final List<String> RUNTIMES_OWN = List.of("HTTP ", "RESTEASY");

  private final @Nullable HubMetrics metrics;

  /** What RESTEasy looks for; it has CDI make it by the other. */
  public ProblemMapper() {
    metrics = null;
  }

  /**
   * Not a field: Payara leaves those out on a thread of the hub's own, which most answers are on.
   */
  @Inject
  public ProblemMapper(HubMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public Response toResponse(Throwable failure) {
    Response response = response(failure);
    int status = response.getStatus();
    if (status >= 400 && status != 500) {
      Objects.requireNonNull(metrics).refused(reason(failure, status));
    }
    return response;
  }

  private static Refusal reason(Throwable failure, int status) {
    if (failure instanceof UnknownStreamException) {
      return Refusal.UNKNOWN_STREAM;
    }
    if (failure instanceof LogUnavailableException) {
      return Refusal.LOG_UNAVAILABLE;
    }
    if (failure instanceof OutcomeUnknownException) {
      return Refusal.OUTCOME_UNKNOWN;
    }
    if (failure instanceof StoppingException) {
      return Refusal.STOPPING;
    }
    if (failure instanceof RefusedConnectionException refusal) {
      return refusal.refusal();
    }
    if (failure instanceof TooManyLoginsException || failure instanceof TooManyTicketsException) {
      return Refusal.LIMIT_LOGINS;
    }
    if (failure instanceof DatabaseUnavailableException
        || failure instanceof KeysUnavailableException) {
      return Refusal.STORE_UNAVAILABLE;
    }
    return switch (status) {
      case 401 -> Refusal.NOT_AUTHENTICATED;
      case 403 -> Refusal.FORBIDDEN;
      case 404 -> Refusal.NOT_FOUND;
      case 409 -> Refusal.CONFLICT;
      case 413 -> Refusal.TOO_LARGE;
      case 503 -> Refusal.BUSY;
      default -> Refusal.INVALID;
    };
  }

  private static Response response(Throwable failure) {
    if (failure instanceof WebApplicationException refusal) {
      return web(refusal);
    }
    if (failure instanceof RefusedRequestException refusal) {
      return refused(refusal).response();
    }
    if (failure instanceof NotAuthenticatedException) {
      return challenging("Bearer realm=\"heliograph\"", failure);
    }
    if (failure instanceof InvalidCredentialException refusal) {
      // Basic is named only to who sent it: a browser would ask its user, in a window of its own.
      return challenging(
          refusal.scheme().equals("Basic")
              ? "Basic realm=\"heliograph\", charset=\"UTF-8\""
              : "Bearer realm=\"heliograph\", error=\"invalid_token\"",
          failure);
    }
    return problem(failure).response();
  }

  private static Response challenging(String challenge, Throwable failure) {
    Response response =
        Problem.of(401, "unauthorized", "A valid credential is needed", message(failure))
            .response();
    response.getHeaders().putSingle("WWW-Authenticate", challenge);
    return response;
  }

  private static Problem problem(Throwable failure) {
    if (failure instanceof InvalidEventException || failure instanceof InvalidGrantException) {
      return Problem.of(422, "invalid-field", "A field does not fit", message(failure));
    }
    if (failure instanceof EventTooLargeException) {
      return Problem.of(413, "too-large", "Too large", message(failure));
    }
    if (failure instanceof InvalidParameterException) {
      return Problem.of(400, "invalid-parameter", "A parameter does not fit", message(failure));
    }
    if (failure instanceof UnknownStreamException) {
      return Problem.of(404, "unknown-stream", "No such stream", message(failure));
    }
    if (failure instanceof ForbiddenException) {
      return Problem.of(403, "forbidden", "The caller may not do this", message(failure));
    }
    if (failure instanceof TooManyLoginsException refusal) {
      return Problem.of(
          429, "too-many-logins", "Too many logins", message(failure), refusal.retryAfter());
    }
    if (failure instanceof TooManyTicketsException) {
      return Problem.of(
          429, "too-many-tickets", "Too many tickets", message(failure), Problem.DEFAULT_RETRY);
    }
    if (failure instanceof DatabaseUnavailableException
        || failure instanceof KeysUnavailableException) {
      return Problem.of(
          503,
          "credentials-unavailable",
          "Credentials cannot be looked at",
          "what was presented cannot be checked now; try again after Retry-After",
          STORE_RETRY);
    }
    // These exceptions' own messages are for the operator: they may name files and hosts.
    if (failure instanceof LogUnavailableException) {
      return Problem.of(
          503,
          "log-unavailable",
          "The event log does not answer",
          "the event log did not answer; nothing was stored, try again after Retry-After",
          STORE_RETRY);
    }
    if (failure instanceof OutcomeUnknownException) {
      return Problem.of(
          503,
          "outcome-unknown",
          "It is not known whether it was stored",
          "the event log was lost during the commit; repeat with the same Idempotency-Key",
          STORE_RETRY);
    }
    if (failure instanceof RefusedConnectionException refusal) {
      return full(refusal).saying(refusal.sentence());
    }
    if (failure instanceof RejectedExecutionException || failure instanceof StoppingException) {
      return Problem.of(
          503,
          "stopping",
          "This node takes no more",
          "this node is stopping or has no thread to spare; try again after Retry-After",
          Problem.DEFAULT_RETRY);
    }
    return unexpected(failure);
  }

  private static Problem full(RefusedConnectionException refusal) {
    return refusal.isServers()
        ? Problem.of(503, "full", "This node is full", message(refusal), refusal.retryAfter())
        : Problem.of(
            429, "too-many", "Too many connections", message(refusal), refusal.retryAfter());
  }

  private static Problem refused(RefusedRequestException refusal) {
    String detail = message(refusal);
    return switch (refusal.reason()) {
      case MALFORMED -> Problem.of(400, "malformed-request", "Malformed request", detail);
      case TOO_SLOW -> Problem.of(408, "too-slow", "The body came too slowly", detail);
      case CONFLICT -> Problem.of(409, "conflict", "Idempotency key used before", detail);
      case TOO_LARGE -> Problem.of(413, "too-large", "Too large", detail);
      case UNSUPPORTED_TYPE ->
          Problem.of(415, "unsupported-content-type", "Content type not read here", detail);
      case INVALID -> Problem.of(422, "invalid-field", "A field does not fit", detail);
    };
  }

  /** Keeps the status and headers, such as Allow and Retry-After, and an entity if there is one. */
  private static Response web(WebApplicationException refusal) {
    Response given = refusal.getResponse();
    int status = given.getStatus();
    if (status < 400 || given.hasEntity()) {
      return given;
    }
    boolean isOverloaded = status == 429 || status == 503;
    if (status >= 500 && !isOverloaded) {
      return unexpected(refusal).response();
    }
    String title = given.getStatusInfo().getReasonPhrase();
    Problem problem = Problem.ofStatus(status, title, said(refusal));
    Response response = problem.response();
    given
        .getHeaders()
        .forEach(
            (name, values) -> {
              if (!name.regionMatches(true, 0, "Content-", 0, "Content-".length())) {
                response.getHeaders().put(name, values);
              }
            });
    return response;
  }

  /** What a resource of ours said, or null for what a runtime did. */
  private static @Nullable String said(WebApplicationException refusal) {
    String message = message(refusal);
    boolean isOurs = !message.isEmpty() && RUNTIMES_OWN.stream().noneMatch(message::startsWith);
    return isOurs ? message : null;
  }

  private static Problem unexpected(Throwable failure) {
    String reference = UUID.randomUUID().toString();
    LOGGER.log(Level.ERROR, "a request failed unexpectedly, reference " + reference, failure);
    return Problem.of(
        500,
        "internal",
        "The hub failed",
        "the hub failed unexpectedly; its log says more under reference " + reference);
  }

  private static String message(Throwable failure) {
    return Objects.requireNonNullElse(failure.getMessage(), "");
  }
}
