package io.heliograph.container;

import static java.lang.invoke.MethodType.methodType;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.runtime.ObjectMethods;

/**
 * What the JDK keeps of the record that it last made {@code equals} and the like for.
 *
 * <p>On Java 17 that holds the record's class (JDK-8078641), and with it a hub that was undeployed,
 * until another application's record takes its place.
 */
public final class RecordMethods {
  private static final System.Logger LOG = System.getLogger(RecordMethods.class.getName());

  private RecordMethods() {}

  /** Has it keep a class of its own instead, until the next record of this application. */
  public static void release() {
    try {
      Class<String> anything = String.class;
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      MethodHandle part = lookup.findVirtual(anything, "toString", methodType(String.class));
      ObjectMethods.bootstrap(
          lookup,
          "equals",
          methodType(boolean.class, anything, Object.class),
          anything,
          "part",
          part);
      ObjectMethods.bootstrap(
          lookup, "hashCode", methodType(int.class, anything), anything, "part", part);
      ObjectMethods.bootstrap(
          lookup, "toString", methodType(String.class, anything), anything, "part", part);
    } catch (Throwable e) {
      // All it costs is memory.
      LOG.log(Level.DEBUG, "the class of a record may stay", e);
    }
  }
}
