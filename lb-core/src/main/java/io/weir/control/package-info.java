/** Makes of config, and later of discovery and health, the table and the plans that requests read. Start reading at {@link io.weir.control.Tables}. */
@NullMarked
package io.weir.control;

import org.jspecify.annotations.NullMarked;
