/** The operator's HTTP API, on its own port and thread. Start reading at {@link io.weir.admin.AdminServer}. */
@NullMarked
package io.weir.admin;

import org.jspecify.annotations.NullMarked;
