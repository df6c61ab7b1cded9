/** The life of one request. Start reading at {@link io.weir.exchange.Exchange}. */
@NullMarked
package io.weir.exchange;

import org.jspecify.annotations.NullMarked;
