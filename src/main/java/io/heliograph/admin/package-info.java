/**
 * What administrators do: {@code /api/v2/admin}.
 *
 * <p>Owns the addresses, their JSON and their role, {@code events-admin}. Refuses to keep anything
 * itself: keys, tenants and connections belong to the packages that own them.
 *
 * <p>Decided: a key's text is in one answer only, that to its making or rotation; nobody can ask
 * for it again.
 */
@NullMarked
package io.heliograph.admin;

import org.jspecify.annotations.NullMarked;
