/**
 * What happened, in order: the event log, the one thread that appends to it and the one that
 * follows it.
 *
 * <p>Owns the hub-wide order of events and their durability: {@link io.heliograph.log.EventLog} is
 * what a store must do, {@link io.heliograph.log.Appender} who writes, {@link
 * io.heliograph.log.LogFollower} who reads in order and owns {@code applied}, {@link
 * io.heliograph.log.LogTrimmer} who lets it forget. Refuses to know who may publish or read (it is
 * given views), what a frame or a subscriber is, and how it is wired: plain constructors.
 *
 * <p>Decided:
 *
 * <ul>
 *   <li><b>SQLite</b> is the default store. With commits that reach the disk, H2 was seven times
 *       slower on lone events and wrote forty times more, Derby five times slower in batches,
 *       HSQLDB half as fast; SQLite's SQL ({@code ON CONFLICT}, partial indexes, {@code RETURNING})
 *       is also the nearest to PostgreSQL's.
 *   <li><b>A span at each opening.</b> A file may be an older copy of the one that was in use, and
 *       cannot know. Numbers tied to the clock make sure that none is given twice, so a position
 *       from events that were lost is recognised. Rejected: going on after the file's last number,
 *       which gives lost numbers to other events and lets a subscriber skip them in silence; and an
 *       epoch beside the number, which no {@code Last-Event-ID} of a plain integer could carry.
 *   <li><b>Numbers from the appender</b>, contiguous in commit order. Rejected: {@code
 *       AUTOINCREMENT} and sequences, which leave holes when a transaction fails and, elsewhere,
 *       commit out of order; a reader cannot tell such a hole from an event still to come.
 *   <li><b>A batch table.</b> Each transaction stores its batch's name and receipts with itself, so
 *       after a failed commit one look tells what happened. Rejected: taking a failed commit for
 *       none, which loses or doubles events, and idempotency keys alone, which publishers need not
 *       send.
 *   <li><b>A slot each for retained events</b>, with a copy of the event, so that trimming needs no
 *       exceptions. <b>Keys in a table of their own</b>, in log order, so that a key's history is
 *       read as fast as a stream's.
 *   <li><b>Queries narrow, views decide.</b> SQL picks the narrowest index; every row then passes
 *       {@link io.heliograph.event.View#accepts}. Rejected: the view as a WHERE clause, a second
 *       function that says who sees what.
 *   <li><b>Own checkpoints</b> by the writer, after a commit; {@code SqliteCheckpoints} says why
 *       not by a thread of their own.
 *   <li><b>Flyway</b> for the schema, with its migrations named instead of found: the servers lay
 *       the class path of a WAR out differently.
 * </ul>
 */
@NullMarked
package io.heliograph.log;

import org.jspecify.annotations.NullMarked;
