package io.heliograph.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdministratorTest {
  private static final String SECRET = "hk_secret";

  @ParameterizedTest
  @ValueSource(strings = {"admin", "Maria.Lopez@example.org", "_", "7", "a-b_c.d@e"})
  void takesWhatTheRealmTakes(String name) {
    assertEquals(name, People.withNewPassword(name).administrator());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "-x", "a b", "a;b", "a:b", "a,b", "a/b", "a\tb", "a\nb", "a\n", "--force",
        "\u00e4", "a\u0000"
      })
  void refusesOtherNames_sayingWhichAreTaken(String name) {
    CannotStartException refused =
        assertThrows(CannotStartException.class, () -> People.withNewPassword(name));
    assertTrue(refused.toString().contains("'" + name + "'"), refused.toString());
    assertTrue(refused.toString().contains("1 to 64"), refused.toString());
  }

  @Test
  void takes64Letters_andNot65() {
    People.withNewPassword("x".repeat(64));
    assertThrows(CannotStartException.class, () -> People.withNewPassword("x".repeat(65)));
  }

  @Test
  void makesUpPasswordsOf140Bits_inGroupsThatAreEasyToType() {
    Set<String> passwords = new HashSet<>();
    Set<Character> letters = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      String password = Administrator.named("a").password();
      assertTrue(password.matches("([a-z2-7]{4}-){6}[a-z2-7]{4}"), password);
      assertTrue(passwords.add(password));
      password.chars().forEach(letter -> letters.add((char) letter));
    }
    assertEquals(33, letters.size(), () -> "letters and the dash: " + letters);
  }

  @Test
  void arrivesAsItWasHandedOver() {
    Administrator made = Administrator.named("maria");
    for (Handover handover :
        List.of(
            new Handover(made, SECRET, List.of("maria", "admin")),
            new Handover(made, null, List.of("maria")),
            new Handover(null, null, List.of("admin")),
            new Handover(null, null, List.of()))) {
      assertEquals(handover, Handover.of(handover.line()));
    }
  }

  @Test
  void showsNoSecretByAccident() {
    Administrator made = Administrator.named("maria");
    String shown = made + " " + new Handover(made, SECRET, List.of("maria"));
    assertFalse(shown.contains(made.password()), shown);
    assertFalse(shown.contains(SECRET), shown);
  }
}
