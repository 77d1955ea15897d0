package io.heliograph.log;

import java.util.List;

/**
 * What one node appends in one transaction.
 *
 * @param node the appending node's id, unique among nodes and their restarts
 * @param number counts the node's batches from 1; a repetition carries the same number
 */
public record Batch(String node, long number, List<Publication> publications) {
  public Batch {
    publications = List.copyOf(publications);
  }
}
