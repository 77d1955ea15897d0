package io.heliograph.bench;

/**
 * What one {@link Load} came to.
 *
 * @param cpuShare cores that the server used, publishing and rest included
 * @param clientCpuShare cores that the client used
 * @param restCpuShare cores that the server used before anything was published
 * @param collectingShare part of the time that the server's collectors worked
 * @param compilingShare likewise its compilers; much of it means that the warm-up was too short
 * @param answerP99Millis how long a publisher waited for its 201, warm-up included; at a rate, a
 *     publisher that waits longer than its interval is late, and so is what it publishes
 * @param account the client's answer to {@code settle}
 */
record Measured(
    double deliveriesPerSecond,
    double restCpuShare,
    double cpuShare,
    double clientCpuShare,
    double bytesPerDelivery,
    double p50Millis,
    double p99Millis,
    double maxMillis,
    double answerP99Millis,
    double collectingShare,
    double compilingShare,
    Fields account) {

  /** The server's CPU time, with all it did besides. */
  double cpuMicrosPerDelivery() {
    return cpuShare / deliveriesPerSecond * 1e6;
  }

  /** Likewise, without what it did anyway. */
  double cpuMicrosPerDeliveryAboveRest() {
    return (cpuShare - restCpuShare) / deliveriesPerSecond * 1e6;
  }
}
