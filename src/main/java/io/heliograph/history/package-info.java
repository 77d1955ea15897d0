/** The log as pages of JSON. */
@NullMarked
package io.heliograph.history;

import org.jspecify.annotations.NullMarked;
