package io.heliograph.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntroductionTest {
  private static final Administrator ADMIN = Administrator.named("admin");
  private static final String KEY = "hk_4711";

  @Test
  void showsEachSecretAtTheFirstStart_andBothCommandsWithTheKey() {
    String text = on("127.0.0.1").text(new Handover(ADMIN, KEY, List.of("admin")));

    assertTrue(text.contains("administrator  admin\n"), text);
    assertTrue(text.contains(ADMIN.password()), text);
    assertEquals(2, text.split("\"Authorization: Bearer hk_4711\"", -1).length - 1, text);
    assertFalse(text.contains("$KEY"), text);
  }

  @Test
  void namesTheAdministrators_andHowToGetANewPassword_later() {
    String text = on("127.0.0.1").text(new Handover(null, null, List.of("maria", "otto")));

    assertTrue(text.contains("Administrator: maria, otto"), text);
    assertTrue(text.contains("-Dheliograph.administrator=maria"), text);
    assertEquals(2, text.split("\"Authorization: Bearer \\$KEY\"", -1).length - 1, text);
  }

  @Test
  void warnsOfTheNetwork_onlyWhenOthersReachIt() {
    Handover handover = new Handover(null, null, List.of("admin"));
    String every = on("0.0.0.0").text(handover);
    String one = on("192.0.2.7").text(handover);

    assertTrue(every.contains("http://127.0.0.1:8080/ and on every other address"), every);
    assertTrue(every.contains("TLS"), every);
    assertTrue(one.contains("http://192.0.2.7:8080/\n"), one);
    assertTrue(one.contains("TLS"), one);
    assertFalse(on("127.0.0.1").text(handover).contains("TLS"));
  }

  private static Introduction on(String address) {
    return new Introduction(Listening.on(address, 8080), Path.of("data"), Path.of("server.log"));
  }
}
