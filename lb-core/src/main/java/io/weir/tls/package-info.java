/** TLS with clients: certificates that are read and checked, chosen by the name that a client asks for, and renewed. Start at {@link io.weir.tls.ServerTls}. */
@NullMarked
package io.weir.tls;

import org.jspecify.annotations.NullMarked;
