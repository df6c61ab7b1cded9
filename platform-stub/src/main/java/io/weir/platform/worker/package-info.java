/**
 * The sample app, as a process: it echoes requests, and it can be told to be slow, to fail and to be unwell. Start reading at {@link
 * io.weir.platform.worker.Pages}.
 */
@NullMarked
package io.weir.platform.worker;

import org.jspecify.annotations.NullMarked;
