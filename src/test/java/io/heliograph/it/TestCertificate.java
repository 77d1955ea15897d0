package io.heliograph.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for localhost, signed by itself, made for one test. */
final class TestCertificate {
  private static final String PASSWORD = "only-for-tests";

  private TestCertificate() {}

  /** Puts key and certificate into {@code directory}, as the proxies want them. */
  static void write(Path directory) {
    try {
      Path store = directory.resolve("heliograph.p12");
      Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
      Process run =
          new ProcessBuilder(
                  (keytool + " -genkeypair -alias hub -keyalg EC -validity 2 -storetype PKCS12")
                      .concat(" -dname CN=localhost -ext san=dns:localhost -storepass " + PASSWORD)
                      .concat(" -keystore " + store)
                      .split(" ", -1))
              .redirectErrorStream(true)
              .start();
      String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (run.waitFor() != 0) {
        throw new AssertionError("keytool failed: " + said);
      }
      KeyStore keys = read(directory);
      String certificate = pem("CERTIFICATE", keys.getCertificate("hub").getEncoded());
      String key = pem("PRIVATE KEY", keys.getKey("hub", PASSWORD.toCharArray()).getEncoded());
      Files.writeString(directory.resolve("heliograph.crt"), certificate);
      Files.writeString(directory.resolve("heliograph.key"), key);
      Files.writeString(directory.resolve("heliograph.pem"), certificate + key);
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** For a client that believes the certificate in {@code directory} and no other. */
  static SSLContext trusting(Path directory) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("hub", read(directory).getCertificate("hub"));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyStore read(Path directory) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve("heliograph.p12"))) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN "
        + (what + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes))
        + ("\n-----END " + what + "-----\n");
  }
}
