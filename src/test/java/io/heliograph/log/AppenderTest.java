package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.event.EventData;
import io.heliograph.event.EventDraft;
import io.heliograph.event.EventId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AppenderTest {
  private static final long DEADLINE_SECONDS = 20;

  private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch firstIsUnderWay = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final BlockingLog log = new BlockingLog();
  private final Appender appender = appender(log, 10_000, 64L << 20);

  /** Stops in its first append until it may go on, so that more publications come meanwhile. */
  private final class BlockingLog extends FakeLog {
    /** What the next appends do instead. */
    private final Deque<UnaryOperator<List<Receipt>>> failures = new ArrayDeque<>();

    private boolean blocks;
    private volatile @Nullable LogUnavailableException trimFailure;
    private volatile @Nullable LogUnavailableException lookFailure;
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());

    @Override
    public List<Receipt> append(Batch batch) {
      List<Receipt> receipts = super.append(batch);
      order.add("append " + batch.publications().size());
      if (blocks) {
        firstIsUnderWay.countDown();
        await(goOn);
      }
      UnaryOperator<List<Receipt>> failure = failures.poll();
      return failure == null ? receipts : failure.apply(receipts);
    }

    @Override
    public void requireWritable() {
      if (lookFailure != null) {
        throw lookFailure;
      }
    }

    @Override
    public int trim(TrimRule rule, int slice) {
      order.add("trim " + rule.stream());
      if (trimFailure != null) {
        throw trimFailure;
      }
      return slice;
    }
  }

  private Appender appender(EventLog target, int queueEvents, long queueBytes) {
    return appender(target, queueEvents, queueBytes, Duration.ofMillis(200));
  }

  private Appender appender(
      EventLog target, int queueEvents, long queueBytes, Duration closeTimeout) {
    return new Appender(
        target,
        UUID.randomUUID(),
        queueEvents,
        queueBytes,
        task -> {
          Thread thread = new Thread(task, "appender");
          threads.add(thread);
          return thread;
        },
        Duration.ZERO,
        closeTimeout);
  }

  @AfterEach
  void closeAppender() {
    goOn.countDown();
    appender.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private static <T extends Throwable> T failure(CompletionStage<?> stage, Class<T> type) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> get(stage));
    return assertInstanceOf(type, e.getCause());
  }

  private static Publication publication(int number) {
    return Publication.of(Drafts.numbered("a", number, 1));
  }

  private static Receipt stored(long number) {
    return new Receipt.Stored(List.of(new EventId(number)), false);
  }

  /** The first is under way when the others come. */
  private List<CompletionStage<Receipt>> appendDuringTheFirst(List<Publication> others) {
    log.blocks = true;
    List<CompletionStage<Receipt>> stages = new ArrayList<>();
    stages.add(appender.append(publication(0)));
    await(firstIsUnderWay);
    for (Publication other : others) {
      stages.add(appender.append(other));
    }
    return stages;
  }

  /** Red when a batch was taken from the queue's end, and when each publication got a commit. */
  @Test
  void whatWaitsSharesOneCommit_inArrivalOrder() throws Exception {
    List<Publication> others = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      others.add(publication(i));
    }
    List<CompletionStage<Receipt>> stages = appendDuringTheFirst(others);
    assertFalse(stages.get(50).toCompletableFuture().isDone());
    goOn.countDown();
    for (int i = 0; i <= 50; i++) {
      assertEquals(stored(i), get(stages.get(i)));
    }
    assertEquals(2, log.batches.size());
    assertEquals(others, log.batches.get(1).publications());
    assertEquals(List.of(1L, 2L), log.batches.stream().map(Batch::number).toList());
  }

  @Test
  void batchHasAtMostSoManyEventsAndBytes() throws Exception {
    EventDraft large =
        new EventDraft(
            "a",
            List.of(),
            null,
            null,
            "t",
            EventData.of("0".repeat(EventData.LIMIT_BYTES)),
            null,
            false);
    List<Publication> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      others.add(Publication.of(Drafts.numbered("a", 1, 400)));
    }
    for (int i = 0; i < 2; i++) {
      others.add(Publication.of(Collections.nCopies(20, large)));
    }
    List<CompletionStage<Receipt>> stages = appendDuringTheFirst(others);
    goOn.countDown();
    for (CompletionStage<Receipt> stage : stages) {
      get(stage);
    }
    assertEquals(
        List.of("append 1", "append 2", "append 2", "append 1"),
        log.order,
        "800 events, then 400 and 5 MiB, then 5 MiB");
  }

  /** Invariant 4. Red without the bound: everything was taken. */
  @Test
  void refusesWhatTheQueueCannotHold_untilThereIsRoom() throws Exception {
    try (Appender small = appender(log, 3, 100)) {
      log.blocks = true;
      CompletionStage<Receipt> first = small.append(publication(0));
      await(firstIsUnderWay);
      CompletionStage<Receipt> waiting = small.append(Publication.of(Drafts.numbered("a", 1, 3)));
      LogUnavailableException full =
          failure(small.append(publication(9)), LogUnavailableException.class);
      String message = String.valueOf(full.getMessage());
      assertTrue(message.contains("3 events of 15 bytes wait"), message);
      assertTrue(message.contains("takes 3 events or 100 bytes"), message);
      goOn.countDown();
      get(first);
      get(waiting);
      failure(
          small.append(Drafts.publication(Drafts.draft("a", "1".repeat(97)))),
          LogUnavailableException.class);
      assertEquals(stored(5), get(small.append(publication(5))));
    }
  }

  @Test
  void unavailableLogFailsItsBatchAndNoOther() throws Exception {
    log.failures.add(
        receipts -> {
          throw new LogUnavailableException("gone");
        });
    failure(appender.append(publication(1)), LogUnavailableException.class);
    assertEquals(stored(2), get(appender.append(publication(2))));
  }

  /** Red without the count: publishers got 503 for days and the server's log said nothing. */
  @Test
  void saysWhyItCannotBeWrittenTo_onceAndThenInFewLines_andWhenItCanAgain() throws Exception {
    try (LogLines lines = new LogLines(Appender.class)) {
      for (int i = 0; i < 99; i++) {
        log.failures.add(
            receipts -> {
              throw new LogUnavailableException("its disk is full; make room");
            });
        failure(appender.append(publication(i)), LogUnavailableException.class);
      }
      assertEquals(1, lines.stacks());
      assertEquals(7, lines.count(Level.WARNING), "at 1, 2, 4, 8, 16, 32, 64");
      assertTrue(lines.text().contains("its disk is full; make room"), lines::text);
      get(appender.append(publication(100)));
      get(appender.append(publication(101)));
      assertEquals(1, lines.count(Level.INFO));
    }
  }

  /** Red when only batches were counted: where nobody publishes, nobody was told. */
  @Test
  void saysThatTrimmingCannotWrite() {
    try (LogLines lines = new LogLines(Appender.class)) {
      log.trimFailure = new LogUnavailableException("let the server's user write it");
      failure(appender.trim(new TrimRule("a", Duration.ZERO, 1), 1), LogUnavailableException.class);
      assertEquals(1, lines.count(Level.WARNING));
    }
  }

  /** Invariant 4. Red when only data was counted: this publication was taken for two bytes. */
  @Test
  void keysAndLabelsTakeRoomInTheQueue() {
    String label = "x".repeat(EventDraft.LABEL_LIMIT);
    EventDraft draft =
        new EventDraft(
            "a",
            List.of("1" + label.substring(1), label),
            label,
            label,
            "t",
            EventData.of("12"),
            label,
            false);
    Publication publication = Publication.of(List.of(draft));
    assertEquals(5L * EventDraft.LABEL_LIMIT + 3, publication.bytes());
    try (Appender small = appender(log, 10, 1_000)) {
      failure(small.append(publication), LogUnavailableException.class);
    }
  }

  /** Red when it paused after the last try, too, with everybody waiting behind it. */
  @Test
  void answersRightAfterTheLastTry() throws Exception {
    Duration pause = Duration.ofMillis(400);
    AtomicLong lastTry = new AtomicLong();
    FakeLog lost =
        new FakeLog() {
          @Override
          public List<Receipt> append(Batch batch) {
            lastTry.set(System.nanoTime());
            return unknown(List.of());
          }
        };
    try (Appender patient =
        new Appender(
            lost, UUID.randomUUID(), 10, 1_000, Thread::new, pause, Duration.ofMillis(200))) {
      failure(patient.append(publication(1)), OutcomeUnknownException.class);
      assertTrue(System.nanoTime() - lastTry.get() < pause.toNanos());
    }
  }

  /** Invariant 1. Red when the repetition took a new number: the log could not tell them apart. */
  @Test
  void unknownOutcomeIsSettledByTheSameBatch() throws Exception {
    log.failures.add(AppenderTest::unknown);
    log.failures.add(
        receipts -> {
          throw new LogUnavailableException("still gone");
        });
    assertEquals(stored(1), get(appender.append(publication(1))));
    assertEquals(3, log.batches.size());
    assertEquals(1, log.batches.stream().distinct().count());
  }

  private static List<Receipt> unknown(List<Receipt> receipts) {
    throw new OutcomeUnknownException("lost", new IllegalStateException());
  }

  /**
   * Red when the last failure was passed on: "nothing was stored" was said of what may be stored.
   */
  @Test
  void outcomeStaysUnknown_whateverFailsAfterwards() throws Exception {
    log.failures.add(AppenderTest::unknown);
    for (int i = 0; i < 3; i++) {
      log.failures.add(
          receipts -> {
            throw new LogUnavailableException("still gone");
          });
    }
    failure(appender.append(publication(1)), OutcomeUnknownException.class);
    assertEquals(stored(2), get(appender.append(publication(2))));
    assertEquals(List.of(1L, 1L, 1L, 1L, 2L), log.batches.stream().map(Batch::number).toList());
  }

  @Test
  void faultOfTheHubFailsItsBatch_andTheThreadGoesOn() throws Exception {
    try (LogLines lines = new LogLines(Appender.class)) {
      log.failures.add(
          receipts -> {
            throw new IllegalStateException("a fault");
          });
      failure(appender.append(publication(1)), OutcomeUnknownException.class);
      assertEquals(1, lines.count(Level.SEVERE));
    }
    assertEquals(stored(2), get(appender.append(publication(2))));
  }

  @Test
  void trimsBetweenBatches_oneATime() throws Exception {
    List<CompletionStage<Receipt>> stages = appendDuringTheFirst(List.of(publication(1)));
    TrimRule rule = new TrimRule("t1", Duration.ZERO, 1);
    CompletionStage<Integer> trim = appender.trim(rule, 10);
    CompletionStage<Integer> next = appender.trim(new TrimRule("t2", Duration.ZERO, 1), 11);
    goOn.countDown();
    assertEquals(10, get(trim));
    assertEquals(11, get(next));
    get(stages.get(1));
    assertEquals(List.of("append 1", "trim t1", "append 1", "trim t2"), log.order);
  }

  /** Invariant 8. Red without the join: the second was still waiting, the thread still there. */
  @Test
  void closingFinishesWhatWaits_andEndsTheThread() throws Exception {
    Appender patient = appender(log, 10, 100, Duration.ofSeconds(DEADLINE_SECONDS));
    log.blocks = true;
    CompletionStage<Receipt> first = patient.append(publication(0));
    await(firstIsUnderWay);
    CompletionStage<Receipt> second = patient.append(publication(1));
    Thread closing = new Thread(patient::close);
    closing.start();
    while (closing.getState() != Thread.State.TIMED_WAITING
        && closing.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
    goOn.countDown();
    closing.join();
    assertTrue(second.toCompletableFuture().isDone());
    assertEquals(stored(0), get(first));
    assertEquals(stored(1), get(second));
    assertFalse(threads.get(1).isAlive());
  }

  @Test
  void takesNothingNew_whenItWasClosed() {
    appender.close();
    LogUnavailableException e =
        failure(appender.append(publication(2)), LogUnavailableException.class);
    assertTrue(String.valueOf(e.getMessage()).contains("stopping"), e::getMessage);
    failure(appender.trim(new TrimRule("a", Duration.ZERO, 1), 1), LogUnavailableException.class);
    assertFalse(threads.get(0).isAlive());
    appender.close();
  }

  @Test
  void closingDoesNotWaitForEver_whenTheLogDoesNotAnswer() {
    List<CompletionStage<Receipt>> stages = appendDuringTheFirst(List.of(publication(1)));
    try (LogLines lines = new LogLines(Appender.class)) {
      appender.close();
      assertEquals(1, lines.count(Level.WARNING));
    }
    failure(stages.get(1), LogUnavailableException.class);
    assertFalse(stages.get(0).toCompletableFuture().isDone());
  }

  private void awaitWritable(boolean isWritable) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (appender.isWritable() != isWritable) {
      assertTrue(System.nanoTime() - deadline < 0, "never became " + isWritable);
      Thread.onSpinWait();
    }
  }

  /** Red when only publishers found out: a node that gets none would never be ready again. */
  @Test
  void looksWhetherTheLogCanBeWrittenTo_whenNobodyPublishes() {
    try (LogLines lines = new LogLines(Appender.class)) {
      assertTrue(appender.isWritable());
      log.lookFailure = new LogUnavailableException("locked");
      appender.look();
      awaitWritable(false);
      log.lookFailure = null;
      appender.look();
      awaitWritable(true);
      assertEquals(1, lines.count(Level.WARNING));
    }
    assertEquals(List.of(), log.order);
  }

  @Test
  void isNotWritable_afterAFailedAppend_untilALookSucceeds() throws Exception {
    try (LogLines lines = new LogLines(Appender.class)) {
      log.failures.add(
          receipts -> {
            throw new LogUnavailableException("full");
          });
      failure(appender.append(publication(1)), LogUnavailableException.class);
      assertFalse(appender.isWritable());
      appender.look();
      awaitWritable(true);
      assertEquals(1, lines.count(Level.WARNING));
    }
  }

  /** Red without the time: a log that hangs was writable for ever. */
  @Test
  void isNotWritable_whileTheLogHangs() throws Exception {
    long now = System.nanoTime();
    assertTrue(appender.isWritableAt(now + TimeUnit.HOURS.toNanos(1)), "nothing is under way");
    List<CompletionStage<Receipt>> stages = appendDuringTheFirst(List.of());
    assertTrue(appender.isWritable());
    assertFalse(appender.isWritableAt(now + TimeUnit.MINUTES.toNanos(1)));
    goOn.countDown();
    get(stages.get(0));
    awaitWritable(true);
  }

  @Test
  void isRunning_alsoWhenItWasToldToEnd() {
    assertTrue(appender.isRunning());
    appender.close();
    assertTrue(appender.isRunning());
  }
}
