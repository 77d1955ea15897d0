package io.heliograph.bench;

/**
 * What one {@link Load} came to.
 *
 * @param restCpuShare cores that the server used before anything was published
 * @param cpuMicrosPerDelivery the server's CPU time, publishing included and rest excluded
 * @param collectingShare part of the time that the server's collectors worked
 * @param account the client's answer to {@code settle}
 */
record Measured(
    double deliveriesPerSecond,
    double restCpuShare,
    double cpuShare,
    double cpuMicrosPerDelivery,
    double bytesPerDelivery,
    double p50Millis,
    double p99Millis,
    double maxMillis,
    double collectingShare,
    double openMillis,
    Fields account) {

  double anomalies() {
    return account.number("lost") + account.number("duplicated") + account.number("reordered");
  }
}
