package io.heliograph.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.event.EventId;
import io.heliograph.event.View;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every event log does, whatever stores it. */
abstract class EventLogContract {
  EventLog log;

  abstract EventLog open();

  @BeforeEach
  void openLog() {
    log = open();
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  @Test
  void readsWhatWasAppended() {
    EventId before = log.head();
    List<Receipt> r =
        log.append(
            new Batch(
                "n",
                1,
                List.of(Drafts.publication(Drafts.draft("a", "1"), Drafts.draft("b", "2", "k")))));
    System.out.println(
        r
            + " "
            + log.readAll(before, 10)
            + " "
            + log.read(View.of("b").withKey("k"), before, 10)
            + log.read(View.of("x"), before, 10));
    assertEquals(2, log.readAll(before, 10).events().size());
  }
}
