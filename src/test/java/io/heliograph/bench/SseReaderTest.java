package io.heliograph.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseReaderTest {
  private static final String STREAM =
      """
      retry: 3000

      id: 1886847074304021

      :heartbeat

      id: 1886847074304022
      event: bench
      data: {"n":17,"t":123456789012,"p":"x"}

      event:error
      data:{"error":"buffer_overflow",
      data: "dropped_count":50}

      data

      """;

  private static final List<String> BLOCKS =
      List.of(
          "- - 0 0 0",
          "1886847074304021 - 0 0 0",
          "1886847074304022 data " + SseReader.packed("bench") + " 17 123456789012",
          "- data " + SseReader.packed("error") + " 50 0",
          "- data 0 0 0");

  private final List<String> blocks = new ArrayList<>();
  private final SseReader reader = new SseReader(this::note);

  @Test
  void readsBlocks_whereverTheBytesAreCut() {
    for (int cut = 0; cut <= STREAM.length(); cut++) {
      blocks.clear();
      feed(STREAM.substring(0, cut));
      feed(STREAM.substring(cut));

      assertEquals(BLOCKS, blocks);
    }
  }

  @Test
  void readsEveryLineEnding() {
    feed(STREAM.replace("\n", "\r\n"));
    feed(STREAM.replace("\n", "\r"));
    feed("\n");

    assertEquals(2 * BLOCKS.size(), blocks.size());
    assertEquals(BLOCKS, blocks.subList(0, BLOCKS.size()));
    assertEquals(BLOCKS, blocks.subList(BLOCKS.size(), 2 * BLOCKS.size()));
  }

  @Test
  void forgetsAnUnfinishedBlock_whenItsConnectionEnded() {
    feed("id: 5\nevent: bench\ndata: {\"n\":1");
    reader.reset();
    feed("id: 6\n\n");

    assertEquals(List.of("6 - 0 0 0"), blocks);
  }

  private void note(SseReader block) {
    blocks.add(
        (block.hasId() ? Long.toString(block.id()) : "-")
            + (block.hasData() ? " data " : " - ")
            + (block.name() + " " + block.first() + " " + block.second()));
  }

  private void feed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    reader.feed(bytes, 0, bytes.length);
  }
}
