package io.heliograph.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose users the realm's are. */
class TenantsTest extends StoreFixture {
  private static final List<String> SPELLINGS =
      List.of("maria", "Maria", "MARIA", " maria\t", "\uFF4Daria", "ma\u00ADria", "mari\0a");

  private final Tenants tenants = new Tenants(database, ticker);

  TenantsTest(@TempDir Path directory) {
    super(directory);
  }

  /** Red when a change left what was remembered. */
  @Test
  void aChangeHereCountsAtOnce() {
    assertNull(tenants.of("maria"));
    assertEquals(Optional.empty(), tenants.put("7", "maria"));
    assertEquals("7", tenants.of("maria"));
    assertEquals(Optional.of("7"), tenants.put("8", "maria"), "moved");
    assertEquals("8", tenants.of("maria"));
    assertEquals(Optional.of("8"), tenants.put("8", "maria"), "as it was");
    assertTrue(tenants.remove("8", "maria"));
    assertNull(tenants.of("maria"));
    assertFalse(tenants.remove("8", "maria"));
  }

  /** Red when a name was looked up as it was written: its user had no tenant, and saw all. */
  @Test
  void noSpellingShedsATenant() {
    tenants.put("7", "Maria");
    for (String name : SPELLINGS) {
      assertEquals("7", tenants.of(name), name);
    }
    assertNull(tenants.of("mario"));
    assertEquals(Optional.of("7"), tenants.put("8", "MARIA"));
    assertEquals("8", tenants.of("maria"), "at once");
    assertEquals(List.of("maria"), tenants.members("8", null, 10));
    assertEquals(List.of(), tenants.members("8", "MARIA", 10));
    assertTrue(tenants.remove("8", "mArIa"));
    for (String name : SPELLINGS) {
      assertNull(tenants.of(name));
    }
    assertRefusedFor("name", () -> tenants.put("7", " \u200B"));
  }

  @Test
  void aChangeElsewhereCountsWithinASecond() {
    Tenants elsewhere = new Tenants(another(), ticker);
    assertNull(elsewhere.of("maria"));
    tenants.put("7", "maria");
    wait(Duration.ofMillis(1_001));
    assertEquals("7", elsewhere.of("maria"));
    tenants.remove("7", "maria");
    wait(Duration.ofMillis(1_001));
    assertNull(elsewhere.of("maria"));
  }

  @Test
  void removesFromThatTenantOnly() {
    tenants.put("7", "maria");
    assertFalse(tenants.remove("8", "maria"));
    assertEquals("7", tenants.of("maria"));
  }

  @Test
  void listsPageByPage() {
    for (String name : List.of("c", "a", "d", "b")) {
      tenants.put("7", name);
    }
    tenants.put("8", "e");
    assertEquals(List.of("a", "b", "c"), tenants.members("7", null, 3));
    assertEquals(List.of("d"), tenants.members("7", "c", 3));
    assertEquals(List.of(), tenants.members("9", null, 3));
    assertEquals(
        List.of(new Tenants.Tenant("7", 4), new Tenants.Tenant("8", 1)), tenants.all(null, 10));
    assertEquals(List.of(new Tenants.Tenant("8", 1)), tenants.all("7", 1));
    assertThrows(IllegalArgumentException.class, () -> tenants.all(null, 0));
    assertThrows(IllegalArgumentException.class, () -> tenants.members("7", null, -1));
  }

  @Test
  void rubbishIsNobody() {
    tenants.put("7", "maria");
    for (String rubbish : RUBBISH) {
      assertNull(tenants.of(rubbish));
      assertFalse(tenants.remove("7", rubbish));
      assertFalse(tenants.remove(rubbish, "maria"));
      assertEquals(List.of(), tenants.members(rubbish, null, 10));
    }
    assertRefusedFor("name", () -> tenants.put("7", "a\0b"));
    assertRefusedFor("name", () -> tenants.put("7", "x".repeat(257)));
    assertRefusedFor("tenant", () -> tenants.put("", "joe"));
    assertEquals(List.of("maria"), tenants.members("7", null, 10));
  }

  @Test
  void takesNamesThatLookLikeSql() {
    for (String name : List.of("x'; DROP TABLE tenant_member; --", "%", ":name <ids> ?", "日本 🛰")) {
      tenants.put(name, name);
      assertEquals(name, tenants.of(name));
      assertEquals(List.of(name.toLowerCase(Locale.ROOT)), tenants.members(name, null, 10));
    }
  }
}
