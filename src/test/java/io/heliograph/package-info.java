/** What holds for the whole: its architecture, and that the README says what the code does. */
@NullMarked
package io.heliograph;

import org.jspecify.annotations.NullMarked;
