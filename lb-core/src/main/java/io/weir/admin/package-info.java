/**
 * The operator's HTTP API, on its own port, Unix sockets and threads, and a client of it. Start reading at {@link
 * io.weir.admin.AdminServer}, then {@link io.weir.admin.Pages}.
 */
@NullMarked
package io.weir.admin;

import org.jspecify.annotations.NullMarked;
