package io.heliograph.stream;

import io.heliograph.event.Event;
import io.heliograph.event.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The live channels, found by their view, and by the events that concern them.
 *
 * <p>An event of k keys looks up 4 (k + 1) combinations of key, tenant and owner, twice if any view
 * wants only certain types; how many channels there are does not matter. A view that wants several
 * types stands under each of them, and an event has one type, so no channel is met twice.
 */
final class ChannelIndex {
  private final ConcurrentMap<View, Channel> byView = new ConcurrentHashMap<>();

  /** Under a view of one type: every channel that wants that type among others. */
  private final ConcurrentMap<View, List<Channel>> byType = new ConcurrentHashMap<>();

  /**
   * The channel of {@code view}, made by {@code maker} if there is none, after {@code use} was done
   * with it: in one step, so that no channel is removed between being found and being used.
   */
  Channel use(View view, Function<View, Channel> maker, Consumer<Channel> use) {
    return byView.compute(
        view,
        (v, known) -> {
          Channel channel = known;
          if (channel == null) {
            channel = maker.apply(v);
            for (String type : v.types()) {
              addByType(v.withTypes(Set.of(type)), channel);
            }
          }
          use.accept(channel);
          return channel;
        });
  }

  /** In one step too: a list that is found and added to later may have been taken out meanwhile. */
  private void addByType(View single, Channel channel) {
    byType.compute(
        single,
        (v, known) -> {
          List<Channel> channels = known == null ? new CopyOnWriteArrayList<>() : known;
          channels.add(channel);
          return channels;
        });
  }

  /** Removes {@code channel} if {@code isUnused} of it holds, in one step; says whether it did. */
  boolean removeIf(Channel channel, Predicate<Channel> isUnused) {
    boolean[] wasRemoved = new boolean[1];
    byView.computeIfPresent(
        channel.view(),
        (view, known) -> {
          if (known != channel || !isUnused.test(known)) {
            return known;
          }
          for (String type : view.types()) {
            byType.computeIfPresent(
                view.withTypes(Set.of(type)),
                (t, channels) -> {
                  channels.remove(channel);
                  return channels.isEmpty() ? null : channels;
                });
          }
          wasRemoved[0] = true;
          return null;
        });
    return wasRemoved[0];
  }

  /** Gives every channel whose view accepts {@code event} to {@code each}, once. */
  void forEachMatching(Event event, Consumer<Channel> each) {
    if (byView.isEmpty()) {
      return;
    }
    ofKey(event, null, each);
    for (String key : event.keys()) {
      ofKey(event, key, each);
    }
  }

  /** Whether events find {@code channel} now. */
  boolean holds(Channel channel) {
    return byView.get(channel.view()) == channel;
  }

  Collection<Channel> all() {
    return new ArrayList<>(byView.values());
  }

  int size() {
    return byView.size();
  }

  private void ofKey(Event event, @Nullable String key, Consumer<Channel> each) {
    of(event, key, null, null, each);
    if (event.tenant() != null) {
      of(event, key, event.tenant(), null, each);
    }
    if (event.owner() != null) {
      of(event, key, null, event.owner(), each);
      if (event.tenant() != null) {
        of(event, key, event.tenant(), event.owner(), each);
      }
    }
  }

  private void of(
      Event event,
      @Nullable String key,
      @Nullable String tenant,
      @Nullable String owner,
      Consumer<Channel> each) {
    View view = new View(event.stream(), key, tenant, owner, Set.of());
    Channel channel = byView.get(view);
    if (channel != null) {
      each.accept(channel);
    }
    if (!byType.isEmpty()) {
      List<Channel> channels = byType.get(view.withTypes(Set.of(event.type())));
      if (channels != null) {
        channels.forEach(each);
      }
    }
  }
}
