/** A YAML file, or a folder of them, into validated, immutable {@link io.weir.config.Settings}. Start at {@link io.weir.config.ConfigReader}. */
@NullMarked
package io.weir.config;

import org.jspecify.annotations.NullMarked;
