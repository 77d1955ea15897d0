package io.heliograph.body;

import io.heliograph.body.RefusedRequestException.Reason;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Bytes that claim to be UTF-8.
 *
 * <p>Data is kept as it came and goes to every reader as it is, so what is not UTF-8 must not come
 * in: the JSON parser passes over the inside of what it skips.
 */
public final class Utf8 {
  private Utf8() {}

  /** Refuses {@code bytes} that are not UTF-8: overlong forms and surrogates too (RFC 3629, 3). */
  public static void require(byte[] bytes) {
    CharsetDecoder decoder = decoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer scratch = CharBuffer.allocate(4096);
    while (true) {
      CoderResult result = decoder.decode(in, scratch, true);
      if (result.isError()) {
        throw invalid("the body", in.position());
      }
      if (result.isUnderflow()) {
        return;
      }
      scratch.clear();
    }
  }

  /** The text that {@code bytes} are; {@code what} names them in the refusal. */
  public static String text(String what, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      return decoder().decode(in).toString();
    } catch (CharacterCodingException e) {
      throw invalid(what, in.position());
    }
  }

  private static CharsetDecoder decoder() {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  private static RefusedRequestException invalid(String what, int position) {
    return new RefusedRequestException(
        Reason.MALFORMED, what + " is not UTF-8 at byte " + position + "; send UTF-8");
  }
}
