/**
 * What administrators do, {@code /api/v2/admin}, and what watches over the hub: its metrics and its
 * health.
 *
 * <p>Owns the addresses, their JSON and who may; {@code /api/v2/admin} is for {@code events-admin}.
 * Refuses to keep anything itself: keys, tenants, connections and counts belong to the packages
 * that own them.
 *
 * <p>Decided:
 *
 * <ul>
 *   <li>A key's text is in one answer only, that to its making or rotation; nobody can ask for it
 *       again.
 *   <li>Health is for anybody, and says no more than names and a few numbers. Metrics are of all
 *       tenants, so they are for who may read all, unless the operator says otherwise.
 *   <li>A node is live while its threads turn, whatever its database does: a restart would not mend
 *       that, and would end the connections which a lost database leaves open. It is ready while it
 *       can do its work.
 *   <li>Probes get what is known already. The stores are tried in the background, the log with a
 *       commit, because a full disk shows nowhere else; so a store that hangs makes the node not
 *       ready, and hangs no probe.
 * </ul>
 *
 * <p>Rejected: MicroProfile Health, which is at the server's root, for all applications together,
 * and not on every server.
 */
@NullMarked
package io.heliograph.admin;

import org.jspecify.annotations.NullMarked;
