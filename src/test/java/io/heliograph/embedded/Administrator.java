package io.heliograph.embedded;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/** Somebody who may do everything, and a password that was made up for them. */
public record Administrator(String name, String password) {
  /** The role, and on Payara therefore the group. */
  public static final String GROUP = "events-admin";

  /** The first one, where nobody chose a name. */
  static final String DEFAULT_NAME = "admin";

  /** What the realm takes, but no dash in front: it would begin an option. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@][A-Za-z0-9._@-]{0,63}");

  /** Base32 of RFC 4648 in small letters: nothing to shift, and no 0 or 1 beside an o or l. */
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  /** 7 groups of 4 letters of 5 bits: 140 bits. */
  private static final int GROUPS = 7;

  private static final int LETTERS = 4;

  private static final SecureRandom RANDOM = new SecureRandom();

  /** With a new password. */
  public static Administrator named(String name) {
    return new Administrator(requireName(name), newPassword());
  }

  /**
   * @throws CannotStartException if the realm would not take it
   */
  static String requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new CannotStartException(
          "heliograph.administrator: '"
              + name
              + "' was given, it takes 1 to 64 of the letters a to z, digits and - _ . @, and no -"
              + " in front");
    }
    return name;
  }

  private static String newPassword() {
    StringBuilder password = new StringBuilder();
    for (int letter = 0; letter < GROUPS * LETTERS; letter++) {
      if (letter > 0 && letter % LETTERS == 0) {
        password.append('-');
      }
      password.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "administrator " + name;
  }
}
