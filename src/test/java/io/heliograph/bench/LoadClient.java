package io.heliograph.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The process that publishes and subscribes: reads commands from its standard input, answers each
 * with a line, and ends with its input, so that it never outlives who started it.
 *
 * <ul>
 *   <li>{@code subscribe group= path= count= [keys=] [header=]}: opens connections and waits until
 *       they are ready
 *   <li>{@code publish path= [connections=] [batch=] [rate=] [millis=] [count=] [window= group=]
 *       [keys=]}: begins to publish; {@code await}: waits for its end
 *   <li>{@code mark group=}: what came so far, and the latencies since the last mark
 *   <li>{@code settle group= millis=}: waits until all is delivered, then says what is missing
 *   <li>{@code pause group=}, {@code resume group=}: stops reading, reads on
 *   <li>{@code reopen group= [back=]}: reconnects all, with the position each had less {@code back}
 *   <li>{@code close group=}
 * </ul>
 */
final class LoadClient {
  private static final long OPENING_MILLIS = 120_000;
  private static final long POLL_MILLIS = 5;

  private final InetSocketAddress server;
  private final Sequences sequences;
  private final SubscriberLoop loop;
  private final Map<String, SubscriberGroup> groups = new HashMap<>();
  private @Nullable FutureTask<Fields> publishing;

  private LoadClient(InetSocketAddress server, int keys) throws IOException {
    this.server = server;
    this.sequences = new Sequences(keys);
    this.loop = new SubscriberLoop();
  }

  /**
   * @param arguments the server's port on the loopback address, and the most keys that will be used
   */
  public static void main(String[] arguments) throws IOException {
    InetSocketAddress server =
        new InetSocketAddress(
            InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), Integer.parseInt(arguments[0]));
    LoadClient client = new LoadClient(server, Integer.parseInt(arguments[1]));
    daemon(client.loop, "subscribers").start();
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (@Nullable String line = commands.readLine(); line != null; line = commands.readLine()) {
      System.out.println(client.answer(line));
    }
  }

  private Fields answer(String line) {
    try {
      Fields command = Fields.parse(line);
      return switch (command.word()) {
        case "subscribe" -> subscribe(command);
        case "publish" -> publish(command);
        case "await" -> await();
        case "mark" -> ask(command, SubscriberGroup::mark);
        case "settle" -> settle(command);
        case "pause" -> pause(command, true);
        case "resume" -> pause(command, false);
        case "reopen" -> reopen(command);
        case "close" -> close(command);
        default -> throw new IllegalArgumentException("no command '" + command.word() + "'");
      };
    } catch (IOException | RuntimeException | ExecutionException | InterruptedException e) {
      return new Fields("error").with("why", e);
    }
  }

  private Fields subscribe(Fields command) throws InterruptedException {
    SubscriberGroup group =
        new SubscriberGroup(
            server,
            command.text("path"),
            headers(command),
            (int) command.number("keys", 0),
            (int) command.number("count"));
    groups.put(command.text("group"), group);
    loop.add(group);
    return untilOpen(group);
  }

  private Fields reopen(Fields command) throws InterruptedException {
    SubscriberGroup group = group(command);
    loop.ask(
        () -> {
          group.reopen(command.number("back", 0));
          return group;
        });
    return untilOpen(group);
  }

  private Fields untilOpen(SubscriberGroup group) throws InterruptedException {
    long begin = System.nanoTime();
    Fields opened =
        poll(
            OPENING_MILLIS,
            group::opened,
            now -> now.number("ready") + now.number("failed") >= now.number("count"));
    return opened.with("micros", (System.nanoTime() - begin) / 1000);
  }

  private Fields publish(Fields command) throws IOException {
    PublishOrder order =
        new PublishOrder(
            server,
            command.text("path"),
            headers(command),
            (int) command.number("connections", 1),
            (int) command.number("batch", 1),
            Double.parseDouble(command.text("rate", "0")),
            command.number("millis", 600_000),
            command.number("count", Long.MAX_VALUE),
            (int) command.number("window", 0),
            (int) command.number("keys", 0));
    @Nullable SubscriberGroup readers = groups.get(command.text("group", ""));
    Callable<Fields> publisher = new Publisher(order, sequences, readers);
    FutureTask<Fields> task = new FutureTask<>(publisher);
    publishing = task;
    daemon(task, "publisher").start();
    return new Fields("ok");
  }

  private Fields await() throws ExecutionException, InterruptedException {
    if (publishing == null) {
      throw new IllegalStateException("nothing is being published");
    }
    return publishing.get();
  }

  private Fields settle(Fields command) throws InterruptedException {
    SubscriberGroup group = group(command);
    return poll(
        command.number("millis"), () -> group.account(sequences), now -> now.number("lost") == 0);
  }

  private Fields pause(Fields command, boolean paused) {
    SubscriberGroup group = group(command);
    return loop.ask(
        () -> {
          group.setPaused(paused);
          return new Fields("ok");
        });
  }

  private Fields close(Fields command) {
    loop.remove(group(command));
    groups.remove(command.text("group"));
    return new Fields("ok");
  }

  private Fields ask(Fields command, Function<SubscriberGroup, Fields> question) {
    SubscriberGroup group = group(command);
    return loop.ask(() -> question.apply(group));
  }

  private Fields poll(long millis, Supplier<Fields> question, Predicate<Fields> isEnough)
      throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    Fields now = loop.ask(question);
    while (!isEnough.test(now) && System.nanoTime() < deadline) {
      Thread.sleep(POLL_MILLIS);
      now = loop.ask(question);
    }
    return now;
  }

  private SubscriberGroup group(Fields command) {
    SubscriberGroup group = groups.get(command.text("group"));
    if (group == null) {
      throw new IllegalArgumentException("no group '" + command.text("group") + "'");
    }
    return group;
  }

  /** One header may be given, with {@code _} for a space. */
  private static String headers(Fields command) {
    String header = command.text("header", "");
    return header.isEmpty() ? "" : header.replace('_', ' ') + "\r\n";
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
