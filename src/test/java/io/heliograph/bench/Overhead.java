package io.heliograph.bench;

/** How long a JVM has worked for itself so far. */
record Overhead(long collectingMillis, long compilingMillis) {}
