/**
 * Who is asking, from where, and what for: every way in ends in a {@link
 * io.heliograph.access.Caller}.
 *
 * <p>Owns the roles, the credentials of every kind and their ends, and a request's address behind
 * proxies. Refuses to know streams: what a caller may see is decided where policies are.
 *
 * <p>A request goes through {@link io.heliograph.access.HubAuthentication}, the one mechanism of
 * Jakarta Security, which finds what is presented and has it checked: names and passwords by the
 * server's own realm, all else by the {@link io.heliograph.access.HubIdentityStore}. Then {@link
 * io.heliograph.access.CallerFilter} gives the resource its caller or throws what is wrong, and
 * {@link io.heliograph.access.RolesFeature} holds {@code @RolesAllowed}.
 *
 * <p>Decided:
 *
 * <ul>
 *   <li>What is presented and not valid is refused everywhere, never taken for nothing; two
 *       credentials in one request are refused, too. Only a session's cookie is overlooked where
 *       something else is given: the browser sends it unasked.
 *   <li>Realm users' roles are asked of the container ({@code isUserInRole}) in the filter: in the
 *       mechanism no server answers yet. They are asked with every request but a session's, which
 *       keeps those of its login.
 *   <li>Sessions are the hub's own and in SQL: the container's live on one node, end with a
 *       restart, know no SameSite on two servers of three, and on Payara an open stream keeps one
 *       alive.
 *   <li>Of a secret only its hash is kept, and the text that has it is shown once. What is
 *       presented is looked at before SQL sees it: a text of the wrong length or alphabet never
 *       gets there. A credential says which row it is, so that a stream ends when that row does.
 *   <li>Basic is challenged only where it was sent. A browser that is challenged asks its user in a
 *       window of its own, and then sends the password with every request for ever.
 *   <li>Containers get prefixed names of callers that their realm does not know ({@code
 *       api_key:maria}): Payara adds a realm user's groups to whoever has its name.
 *   <li>Forwarded headers count only as far as trusted proxies wrote them, read from the right;
 *       where {@code Forwarded} and {@code X-Forwarded-For} disagree, one of them is the client's
 *       own invention and neither counts. Addresses of IPv6 count by their /64, which is what one
 *       customer of a provider has.
 * </ul>
 *
 * <p>Rejected: {@code request.login}, which Payara refuses beside a mechanism; {@code @PermitAll},
 * for which Payara authenticates twice; an IP and name lock-out, with which strangers lock people
 * out.
 */
@NullMarked
package io.heliograph.access;

import org.jspecify.annotations.NullMarked;
