package io.heliograph.stream;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.security.CodeSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the hub keeps alive, whoever in it does.
 *
 * <p>Walks from an object through the fields of the hub's own classes, arrays, collections, maps
 * and references, and adds up the byte arrays that it meets, each once. Does not enter what belongs
 * to the test: the log, the sockets, the pools.
 */
final class HeldBytes {
  private static final CodeSource HUB =
      Objects.requireNonNull(codeSource(StreamRegistry.class), "where the hub's classes are");

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> toVisit = new ArrayDeque<>();
  private long bytes;

  private HeldBytes() {}

  static long by(Object root) {
    HeldBytes held = new HeldBytes();
    held.meet(root);
    while (!held.toVisit.isEmpty()) {
      held.visit(held.toVisit.remove());
    }
    return held.bytes;
  }

  private void meet(@Nullable Object object) {
    if (object != null && seen.add(object)) {
      toVisit.add(object);
    }
  }

  private void visit(Object object) {
    if (object instanceof byte[] array) {
      bytes += array.length;
    } else if (object instanceof Object[] array) {
      meetAll(array);
    } else if (object instanceof AtomicReference<?> reference) {
      meet(reference.get());
    } else if (object instanceof Collection<?> collection) {
      collection.forEach(this::meet);
    } else if (object instanceof Map<?, ?> map) {
      map.keySet().forEach(this::meet);
      map.values().forEach(this::meet);
    } else if (HUB.equals(codeSource(object.getClass()))) {
      meetFields(object);
    }
  }

  private void meetAll(@Nullable Object[] array) {
    for (Object element : array) {
      meet(element);
    }
  }

  private void meetFields(Object object) {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        boolean leadsOn =
            !Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive();
        if (leadsOn && HUB.equals(codeSource(type))) {
          meet(value(field, object));
        }
      }
    }
  }

  private static @Nullable Object value(Field field, Object object) {
    field.setAccessible(true);
    try {
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new AssertionError(field + " cannot be read", e);
    }
  }

  private static @Nullable CodeSource codeSource(Class<?> type) {
    return type.getProtectionDomain().getCodeSource();
  }
}
