package io.heliograph.access;

import jakarta.security.auth.message.callback.CallerPrincipalCallback;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import org.jspecify.annotations.Nullable;

/**
 * What came of a request's authentication, kept with the request: Payara asks twice where a
 * resource method has {@code @PermitAll}, and a ticket works once.
 */
sealed interface Outcome {
  /** The container is told; whichever time this is. */
  AuthenticationStatus tell(HttpMessageContext context);

  private static String attribute() {
    return Outcome.class.getName();
  }

  /** What came of {@code request} before, or null. */
  static @Nullable Outcome of(HttpServletRequest request) {
    return (Outcome) request.getAttribute(attribute());
  }

  default Outcome keptIn(HttpServletRequest request) {
    request.setAttribute(attribute(), this);
    return this;
  }

  /** Nothing was presented. A page that needs somebody shows the login instead. */
  record Nobody() implements Outcome {
    @Override
    public AuthenticationStatus tell(HttpMessageContext context) {
      return context.isProtected() ? LoginPage.instead(context) : context.doNothing();
    }
  }

  /** The hub knows the caller. */
  record Known(HubPrincipal principal) implements Outcome {
    @Override
    public AuthenticationStatus tell(HttpMessageContext context) {
      try {
        return context.notifyContainerAboutLogin(principal.getName(), principal.caller().roles());
      } catch (IllegalStateException e) {
        return unlisted(context);
      }
    }

    /**
     * WildFly, unless it is told otherwise, takes only callers of its own realm, and says so with
     * an exception. Resources know this one still; pages that need somebody are for its own.
     */
    private AuthenticationStatus unlisted(HttpMessageContext context) {
      if (context.isProtected()) {
        return context.responseUnauthorized();
      }
      context.setRequest(new SignedRequest(context.getRequest(), principal));
      return context.doNothing();
    }
  }

  /** The server's realm has accepted the name and password, and told its container. */
  record Accepted() implements Outcome {
    @Override
    public AuthenticationStatus tell(HttpMessageContext context) {
      Principal known = context.getRequest().getUserPrincipal();
      if (known != null) {
        try {
          context
              .getHandler()
              .handle(
                  new Callback[] {new CallerPrincipalCallback(context.getClientSubject(), known)});
        } catch (IOException | UnsupportedCallbackException e) {
          throw new IllegalStateException("the server does not take its own caller back", e);
        }
      }
      return AuthenticationStatus.SUCCESS;
    }
  }

  /**
   * What was presented is not valid, or could not be looked at. A resource's filter throws {@code
   * because}, so that the answer is made where all are; the container is left to think that nobody
   * asks.
   */
  record Refused(RuntimeException because) implements Outcome {
    @Override
    public AuthenticationStatus tell(HttpMessageContext context) {
      return context.isProtected() ? LoginPage.instead(context) : context.doNothing();
    }
  }
}
