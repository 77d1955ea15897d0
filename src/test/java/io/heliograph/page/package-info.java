/**
 * The hub as a browser sees it: the live page, and EventSource itself.
 *
 * <p>The browser is Chromium: the one at {@code CHROMIUM}, else the system's, else Playwright's
 * own.
 */
@NullMarked
package io.heliograph.page;

import org.jspecify.annotations.NullMarked;
