package io.heliograph.bench;

import java.net.InetSocketAddress;

/**
 * What to publish, and how fast.
 *
 * @param path where to POST
 * @param headers lines to send as well, each with its CRLF
 * @param connections how many publish at once; each awaits its answer before it sends again
 * @param batch events in a request; 1 sends an object, more an array
 * @param eventsPerSecond 0: as fast as answers come
 * @param millis after so long no more are sent
 * @param count after so many events no more are sent
 * @param window how far the publisher may be ahead of its group's average reader; 0: any distance
 * @param keys how many keys the events go to in turn; 0: they have none
 */
record PublishOrder(
    InetSocketAddress server,
    String path,
    String headers,
    int connections,
    int batch,
    double eventsPerSecond,
    long millis,
    long count,
    int window,
    int keys) {}
