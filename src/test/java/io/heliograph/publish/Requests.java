package io.heliograph.publish;

import io.heliograph.access.Caller;
import io.heliograph.access.Credential;
import io.heliograph.access.Roles;
import io.heliograph.event.EventDraft;
import io.heliograph.log.Publication;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Requests to the stream {@code orders}, and what they are read as. */
final class Requests {
  static final Caller MARIA = caller("maria", null);

  private Requests() {}

  static Caller caller(String name, @Nullable String tenant) {
    return new Caller(name, Set.of(Roles.PUBLISH), tenant, Credential.NONE);
  }

  static PublishRequest of(String contentType) {
    return new PublishRequest("orders", null, contentType, new TreeMap<>(), null, MARIA);
  }

  static PublishRequest binary(@Nullable String contentType, Map<String, String> attributes) {
    SortedMap<String, String> headers = new TreeMap<>(attributes);
    headers.putIfAbsent("specversion", "1.0");
    headers.putIfAbsent("id", "1");
    headers.putIfAbsent("source", "/shop");
    headers.putIfAbsent("type", "paid");
    return new PublishRequest("orders", null, contentType, headers, null, MARIA);
  }

  static Submission read(PublishRequest request, String body) {
    return PublicationReader.read(request, body.getBytes(StandardCharsets.UTF_8));
  }

  static Submission json(String body) {
    return read(of("application/json"), body);
  }

  static EventDraft one(String body) {
    return only(json(body));
  }

  static EventDraft only(Submission submission) {
    List<EventDraft> drafts = drafts(submission);
    if (drafts.size() != 1) {
      throw new AssertionError(drafts.size() + " events instead of one");
    }
    return drafts.get(0);
  }

  static List<EventDraft> drafts(Submission submission) {
    return submission.publication().parts().stream()
        .map(Publication.Part::drafts)
        .flatMap(List::stream)
        .toList();
  }
}
