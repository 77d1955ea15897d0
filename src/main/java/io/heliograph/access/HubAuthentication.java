package io.heliograph.access;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.auth.message.callback.PasswordValidationCallback;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStoreHandler;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import org.jspecify.annotations.Nullable;

/**
 * Every way in, for resources and pages alike: finds out what a request presents, has it checked,
 * and tells the container who is asking.
 *
 * <p>The server's own users are checked by the container itself ({@link
 * PasswordValidationCallback}); {@code request.login} is refused by Payara beside a mechanism, and
 * which roles such a user has can be asked only later, in a resource ({@link CallerFilter}). All
 * others are the {@link HubIdentityStore}'s.
 *
 * <p>Never answers a resource's request itself: a refusal is kept in the {@link Outcome}, and
 * {@link CallerFilter} throws it.
 */
@ApplicationScoped
public class HubAuthentication implements HttpAuthenticationMechanism {
  private static final String LOGIN = "/api/v2/login";

  private final @Nullable IdentityStoreHandler stores;
  private final @Nullable ClientAddresses addresses;
  private final @Nullable LoginThrottle throttle;
  private final VerifiedPasswords verified = new VerifiedPasswords();

  /** What CDI's proxy is made with. */
  protected HubAuthentication() {
    stores = null;
    addresses = null;
    throttle = null;
  }

  @Inject
  public HubAuthentication(
      IdentityStoreHandler stores, ClientAddresses addresses, LoginThrottle throttle) {
    this.stores = stores;
    this.addresses = addresses;
    this.throttle = throttle;
  }

  @Override
  public AuthenticationStatus validateRequest(
      HttpServletRequest request, HttpServletResponse response, HttpMessageContext context) {
    Outcome known = Outcome.of(request);
    if (known != null) {
      return known.tell(context);
    }
    Outcome outcome;
    try {
      outcome = outcome(request, response, context);
    } catch (RuntimeException e) {
      outcome = new Outcome.Refused(e);
    }
    return outcome.keptIn(request).tell(context);
  }

  private Outcome outcome(
      HttpServletRequest request, HttpServletResponse response, HttpMessageContext context) {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    boolean isApi = path.startsWith("/api/");
    ClientAddresses addresses = Objects.requireNonNull(this.addresses);
    Presented presented = Presented.in(request, isApi, addresses);
    if (path.equals(LOGIN) && request.getMethod().equals("POST")) {
      presented = login(presented, request, addresses.of(request).network());
    }
    if (presented == null) {
      return new Outcome.Nobody();
    }
    if (presented instanceof Presented.Password password) {
      return realm(password, request, context);
    }
    try {
      CredentialValidationResult result = Objects.requireNonNull(stores).validate(presented);
      HubPrincipal principal = (HubPrincipal) result.getCallerPrincipal();
      principal.caller().bindTo(request);
      if (presented instanceof Presented.Ticket) {
        TicketUse.noteIn(request);
      }
      return new Outcome.Known(principal);
    } catch (InvalidCredentialException e) {
      if (presented instanceof Presented.Session) {
        // Or the browser would send it, and be refused, for ever.
        SessionCookie.take(request, response);
      }
      throw e;
    }
  }

  /** A session does not log in: whoever has one still says a name and password. */
  private static @Nullable Presented login(
      @Nullable Presented presented, HttpServletRequest request, String network) {
    return presented == null || presented instanceof Presented.Session
        ? LoginForm.in(request, network)
        : presented;
  }

  private Outcome realm(
      Presented.Password presented, HttpServletRequest request, HttpMessageContext context) {
    LoginThrottle.Attempt attempt =
        verified.has(presented)
            ? null
            : Objects.requireNonNull(throttle)
                .begin(presented.name(), Objects.requireNonNull(addresses).of(request).network());
    PasswordValidationCallback check =
        new PasswordValidationCallback(
            context.getClientSubject(), presented.name(), presented.password().toCharArray());
    try {
      context.getHandler().handle(new Callback[] {check});
    } catch (IOException | UnsupportedCallbackException e) {
      throw new IllegalStateException("the server's realm cannot be asked", e);
    } finally {
      check.clearPassword();
    }
    if (!check.getResult()) {
      verified.remove(presented);
      throw presented.refusal("no such name and password in the server's realm");
    }
    if (attempt != null) {
      attempt.succeeded();
      verified.add(presented);
    }
    return new Outcome.Accepted();
  }
}
