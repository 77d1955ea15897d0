package io.heliograph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * The levels of DESIGN.md's package table: a package imports only from lower levels, never
 * sideways, never up; and each technology stays where it belongs.
 *
 * <p>Seen red: {@code settings} on level 4; {@code stream} without its leave for JAX-RS'
 * broadcaster; a package left out of the table.
 */
class ArchitectureTest {
  private static final String ROOT = "io.heliograph";

  /** From the lowest level up; the root is above them all. */
  private static final List<Set<String>> LEVELS =
      List.of(
          Set.of("event", "metrics", "container", "settings", "database"),
          Set.of("sse", "access", "body"),
          Set.of("log"),
          Set.of("stream"),
          Set.of("cluster"),
          Set.of("publish", "outbox", "subscribe", "history", "account"),
          Set.of("dashboard", "monitors", "tasks", "jobs", "observability", "admin"));

  private static final Map<String, Integer> LEVEL_OF = levelOf();

  /** Resources: the doors, the systems built on them, and the assembly. */
  private static boolean hasResources(String name) {
    return name.isEmpty() || LEVEL_OF.getOrDefault(name, 0) >= 5;
  }

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static Map<String, Integer> levelOf() {
    Map<String, Integer> levels = new HashMap<>();
    for (int level = 0; level < LEVELS.size(); level++) {
      for (String name : LEVELS.get(level)) {
        levels.put(name, level);
      }
    }
    levels.put("", LEVELS.size());
    return levels;
  }

  /** The first name below the root; empty for the root itself. */
  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    if (name.equals(ROOT)) {
      return "";
    }
    String below = name.substring(ROOT.length() + 1);
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
  }

  /** Every dependency that {@code isRefused}, said in a sentence. */
  private static List<String> refused(BiPredicate<String, JavaClass> isRefused) {
    Set<String> found = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (!target.isPrimitive() && isRefused.test(packageOf(type), target)) {
          found.add(type.getName() + " uses " + target.getName());
        }
      }
    }
    return new ArrayList<>(found);
  }

  private static List<String> usedOutside(String library, Predicate<String> isAllowed) {
    return refused((from, target) -> target.getName().startsWith(library) && !isAllowed.test(from));
  }

  @Test
  void looksAtTheHub() {
    assertTrue(CLASSES.size() > 50, CLASSES.size() + " classes");
    assertTrue(CLASSES.contain("io.heliograph.stream.StreamRegistry"));
    assertFalse(CLASSES.contain(ArchitectureTest.class));
  }

  @Test
  void everyPackageHasItsLevel() {
    Set<String> unknown =
        CLASSES.stream()
            .map(ArchitectureTest::packageOf)
            .filter(name -> !LEVEL_OF.containsKey(name))
            .collect(Collectors.toCollection(TreeSet::new));

    assertEquals(Set.of(), unknown, "add them to DESIGN.md's table and to this one");
  }

  @Test
  void aPackageImportsFromLowerLevelsOnly() {
    assertEquals(
        List.of(),
        refused(
            (from, target) ->
                isOurs(target)
                    && !packageOf(target).equals(from)
                    && LEVEL_OF.getOrDefault(packageOf(target), LEVELS.size())
                        >= LEVEL_OF.getOrDefault(from, 0)));
  }

  @Test
  void theWordsOfTheHubImportNothing() {
    assertEquals(
        List.of(),
        refused(
            (from, target) ->
                from.equals("event")
                    && !target.getName().startsWith("java.")
                    && !target.getName().startsWith("org.jspecify.")
                    && !packageOf(target, "event")));
  }

  private static boolean packageOf(JavaClass type, String name) {
    return isOurs(type) && packageOf(type).equals(name);
  }

  @Test
  void jaxRsStaysWithTheDoors() {
    Set<String> writing =
        Set.of(
            "jakarta.ws.rs.ext.MessageBodyWriter",
            "jakarta.ws.rs.ext.Providers",
            "jakarta.ws.rs.core.MediaType",
            "jakarta.ws.rs.core.MultivaluedMap",
            "jakarta.ws.rs.core.MultivaluedHashMap");
    assertEquals(
        List.of(),
        refused(
            (from, target) -> {
              String name = target.getName();
              boolean isAllowed =
                  hasResources(from)
                      || (from.equals("access") && name.startsWith("jakarta.ws.rs."))
                      || (Set.of("sse", "stream").contains(from)
                          && name.startsWith("jakarta.ws.rs.sse."))
                      || (from.equals("sse") && writing.contains(name));
              return name.startsWith("jakarta.ws.rs.") && !isAllowed;
            }));
  }

  @Test
  void sqlStaysWithTheStores() {
    Predicate<String> hasTables =
        name ->
            Set.of("database", "log", "access", "cluster", "outbox").contains(name)
                || isSystem(name);

    assertEquals(List.of(), usedOutside("java.sql.", hasTables));
    assertEquals(List.of(), usedOutside("javax.sql.", hasTables));
    assertEquals(List.of(), usedOutside("org.sqlite.", Set.of("database", "log")::contains));
    assertEquals(List.of(), usedOutside("org.flywaydb.", "database"::equals));
    assertEquals(List.of(), usedOutside("com.zaxxer.", "database"::equals));
    assertEquals(
        List.of(),
        usedOutside(
            "org.jdbi.", name -> Set.of("database", "access").contains(name) || isSystem(name)));
  }

  private static boolean isSystem(String name) {
    return LEVELS.get(6).contains(name);
  }

  @Test
  void ejbStaysInTheSeam() {
    assertEquals(List.of(), usedOutside("jakarta.ejb.", "container"::equals));
  }

  @Test
  void jsonIsNeverBoundToClasses() {
    assertEquals(List.of(), usedOutside("com.fasterxml.jackson.databind.", name -> false));
  }

  @Test
  void everyPackageIsNullMarked() {
    Set<String> unmarked =
        CLASSES.stream()
            .map(JavaClass::getPackage)
            .distinct()
            .filter(pack -> !pack.isAnnotatedWith(NullMarked.class))
            .map(pack -> pack.getName())
            .collect(Collectors.toCollection(TreeSet::new));

    assertEquals(Set.of(), unmarked);
  }
}
