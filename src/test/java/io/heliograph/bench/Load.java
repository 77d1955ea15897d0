package io.heliograph.bench;

/**
 * Readers and a publisher, to be measured.
 *
 * @param title what it is called in progress lines and failures
 * @param readPath what the readers read; {@link SubscriberGroup#KEY} in it is their key
 * @param keys how many keys the readers and events are spread over; 0: none
 * @param publish the {@code publish} command without its duration
 */
record Load(
    String title,
    String readPath,
    int subscribers,
    int keys,
    int warmupSeconds,
    int seconds,
    Fields publish) {}
