package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which names are one user's. */
class FoldedNameTest {
  @Test
  void spellingsOfANameAreOneName() {
    for (String spelling :
        List.of(
            "ana maria",
            "Ana Maria",
            " ANA  MARIA ",
            "ana\u00A0maria",
            "ana\tmaria",
            "an\u200Ba ma\u00ADria",
            "\uFF41na maria\uFE0F",
            "ana maria\0")) {
      assertEquals("ana maria", FoldedName.of(spelling), spelling);
    }
    assertEquals(FoldedName.of("Andre\u0301"), FoldedName.of("ANDR\u00C9"));
  }

  @Test
  void othersAreOthers() {
    for (String other : List.of("maria", "anamaria", "ana-maria", "ana maria 2", "")) {
      assertNotEquals("ana maria", FoldedName.of(other));
    }
  }

  @Test
  void whatIsFoldedStaysAsItIs() {
    for (String name : StoreFixture.RUBBISH) {
      String folded = FoldedName.of(name);
      assertEquals(folded, FoldedName.of(folded));
    }
    for (int i = 0; i <= Character.MAX_CODE_POINT; i++) {
      String folded = FoldedName.of("a" + Character.toString(i) + "b");
      assertEquals(folded, FoldedName.of(folded), Integer.toHexString(i));
    }
  }

  @Test
  void looksAtNoMoreThanANameMayHave() {
    assertTrue(FoldedName.of("x".repeat(1 << 20)).length() <= 1024);
  }
}
