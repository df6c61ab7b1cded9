package io.weir.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request is led, and why there.
 *
 * @param domain where its host leads as an app's domain; null if it is none. Rules that name the host come before it
 * @param underADomain whether the host is one of the domains of apps, or under one
 * @param misses for each rule in order, why the request isn't its; null for the one whose it is
 * @param destination null: nowhere
 */
public record RoutingTrace(
        @Nullable Route domain, boolean underADomain, List<@Nullable Miss> misses, @Nullable Destination destination) {

    /** Why a request isn't a rule's. */
    public enum Miss {
        /** Its host is another. */
        OTHER_HOST("its host is another"),
        /** The rule has no host, and takes none at or under the domains. */
        UNDER_A_DOMAIN("it takes no host under the domains of apps"),
        /** The host is an app's domain: only rules that name that very host come before the app. */
        APP_DOMAIN("the host is an app's domain, and it doesn't name it in full"),
        /** Its path is another. */
        OTHER_PATH("its path is another"),
        /** What it captures names no app. */
        NO_SUCH_APP("what it captures names no app"),
        /** One before it has taken the request. */
        LATER("one before it matches");

        private final String text;

        Miss(String text) {
            this.text = text;
        }

        /** In words, behind a colon. */
        public String text() {
            return text;
        }
    }

    public RoutingTrace {
        misses = Collections.unmodifiableList(new ArrayList<>(misses));
    }

    /** The place of the rule whose the request is, counted from 0; −1 if there is none. */
    public int matched() {
        return misses.indexOf(null);
    }
}
