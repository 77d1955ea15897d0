package io.heliograph.access;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Those whom the hub itself knows: by API key, token, ticket, session or a proxy's word. Names and
 * passwords are the server's own realm's, and not this store's.
 *
 * <p>May ask the database, or fetch keys. What is not valid is an {@link
 * InvalidCredentialException}, which says why; a result could not.
 */
@ApplicationScoped
public class HubIdentityStore implements IdentityStore {
  private final @Nullable ApiKeys keys;
  private final @Nullable Tokens tokens;
  private final @Nullable Tickets tickets;
  private final @Nullable Sessions sessions;
  private final @Nullable Tenants tenants;
  private final @Nullable CredentialWatch watch;

  /** What CDI's proxy is made with. */
  protected HubIdentityStore() {
    keys = null;
    tokens = null;
    tickets = null;
    sessions = null;
    tenants = null;
    watch = null;
  }

  @Inject
  public HubIdentityStore(
      ApiKeys keys,
      Tokens tokens,
      Tickets tickets,
      Sessions sessions,
      Tenants tenants,
      CredentialWatch watch) {
    this.keys = keys;
    this.tokens = tokens;
    this.tickets = tickets;
    this.sessions = sessions;
    this.tenants = tenants;
    this.watch = watch;
  }

  @Override
  public CredentialValidationResult validate(
      jakarta.security.enterprise.credential.Credential credential) {
    if (!(credential instanceof Presented presented) || presented instanceof Presented.Password) {
      return CredentialValidationResult.NOT_VALIDATED_RESULT;
    }
    Caller caller = caller(presented);
    return new CredentialValidationResult(new HubPrincipal(caller), caller.roles());
  }

  private Caller caller(Presented presented) {
    if (presented instanceof Presented.Key key) {
      return Objects.requireNonNull(keys).authenticate(key.text());
    }
    if (presented instanceof Presented.Token token) {
      return Objects.requireNonNull(tokens).authenticate(token.text());
    }
    if (presented instanceof Presented.Ticket ticket) {
      return boughtWith(Objects.requireNonNull(tickets).redeem(ticket.text()));
    }
    if (presented instanceof Presented.Session session) {
      return Objects.requireNonNull(sessions).authenticate(session.text());
    }
    String name = ((Presented.ProxyUser) presented).name();
    return new Caller(
        name,
        Set.of(Roles.READ_OWN),
        Objects.requireNonNull(tenants).of(name),
        new Credential(Credential.Kind.PROXY, "", null));
  }

  /** A ticket is worth what bought it now: that may have been revoked, or its caller moved. */
  private Caller boughtWith(Caller caller) {
    if (!Objects.requireNonNull(watch).ended(Set.of(caller.credential())).isEmpty()) {
      throw new InvalidCredentialException("what the ticket was bought with has ended meanwhile");
    }
    String name = caller.name();
    return name != null && caller.credential().kind().isMapped()
        ? new Caller(
            name, caller.roles(), Objects.requireNonNull(tenants).of(name), caller.credential())
        : caller;
  }
}
