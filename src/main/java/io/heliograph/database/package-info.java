/**
 * The hub's tables beside the event log: one database for whoever keeps something.
 *
 * <p>Owns the file, its connections, its migrations, and what an error of SQLite means. Refuses to
 * know what is in the tables: the packages that have some bring their own SQL.
 *
 * <p>Decided:
 *
 * <ul>
 *   <li><b>A second file</b>, so that a login never waits for the appender's transaction, nor an
 *       event for a login's.
 *   <li><b>One SQL for SQLite and PostgreSQL.</b> {@code ON CONFLICT}, {@code RETURNING}, moments
 *       as {@code BIGINT} of milliseconds, hashes as text, keys that the hub makes. Rejected: a
 *       dialect a database, two times everything that can be wrong.
 *   <li><b>Writing transactions take their lock at the beginning.</b> One that begins as a reader
 *       and then writes is refused by SQLite at once when another wrote in between, however long it
 *       would have waited.
 *   <li><b>One exception.</b> Callers can do nothing about an error of SQL but say so and try
 *       again.
 * </ul>
 */
@NullMarked
package io.heliograph.database;

import org.jspecify.annotations.NullMarked;
