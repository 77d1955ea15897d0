/** The door for publishing. */
@NullMarked
package io.heliograph.publish;

import org.jspecify.annotations.NullMarked;
