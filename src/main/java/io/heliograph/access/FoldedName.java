package io.heliograph.access;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A user's name as realms compare it.
 *
 * <p>A directory takes {@code Maria}, {@code maria} and, in characters of full width, the same for
 * one user, and tells the application what was typed. What the hub keeps or counts by a user's name
 * would be shed by another spelling. In a realm that does tell them apart such users share it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4518#section-2">RFC 4518, 2: String
 *     Preparation</a>
 */
final class FoldedName {
  /** Characters of a name that count; no realm has longer ones. */
  private static final int LENGTH = 1024;

  /** What a directory takes for one space, also in numbers. */
  private static final Pattern SPACES = Pattern.compile("[\\s\\p{Z}\\x85]+");

  /** What a directory overlooks: control and format characters, variation selectors. */
  private static final Pattern IGNORED =
      Pattern.compile(
          "[\\p{Cc}\\p{Cf}\\x{34F}\\x{1806}\\x{180B}-\\x{180D}\\x{FE00}-\\x{FE0F}\\x{FFFC}]");

  private FoldedName() {}

  /** The same for spellings that a realm may take for one name. Of itself it is the same again. */
  static String of(String name) {
    String counted = name.substring(0, Math.min(name.length(), LENGTH));
    String seen = IGNORED.matcher(spaced(counted)).replaceAll("");
    // Lower case may undo the normal form.
    return spaced(normal(normal(seen).toLowerCase(Locale.ROOT))).strip();
  }

  private static String spaced(String text) {
    return SPACES.matcher(text).replaceAll(" ");
  }

  private static String normal(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC);
  }
}
