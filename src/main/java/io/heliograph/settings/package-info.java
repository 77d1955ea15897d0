/**
 * What the operator set: MicroProfile Config, read typed, with every problem collected into one
 * message.
 *
 * <p>Reading a key declares it. So the list of known keys, the check for misspelt ones and the
 * README's table (a test compares them) follow from the code that reads, and cannot drift from it.
 * Refuses defaults of its own: each feature owns its keys and says what absence means.
 */
@NullMarked
package io.heliograph.settings;

import org.jspecify.annotations.NullMarked;
