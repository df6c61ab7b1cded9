package io.weir.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a route does beside forwarding. Compiled once when the table is built; three kinds and no more. */
public sealed interface Step {
    /** Decides, once the route is known, whether a request goes on. */
    non-sealed interface Gate extends Step {
        /** What a gate says. */
        enum Verdict {
            PASS,
            /** Answered with {@link #answerStatus}. */
            ANSWER,
            /** Not known yet: the exchange waits, its client is not read, and {@code later} is called on its event loop. */
            WAIT
        }

        /** How a gate that made an exchange wait lets it go on. Called once, on the exchange's event loop; without effect when it is over. */
        interface Later {
            void decide(Verdict verdict);
        }

        Verdict check(RequestHead head, Later later);

        /** The status that refused requests are answered with. */
        default int answerStatus() {
            return 403;
        }
    }

    /** Adds and takes away fields while a head is copied. */
    non-sealed interface Edit extends Step {
        /** Cuts fields of {@code head}, or appends lines to {@code added}. Called once for each attempt. */
        default void request(RequestHead head, HeadWriter added) {}

        /** Once, for the final response. {@code request} is what it answers. */
        default void response(RequestHead request, ResponseHead head, HeadWriter added) {}
    }

    /** Sees the bodies pass. Must not keep, change, or release what it sees. */
    non-sealed interface Tap extends Step {
        default void requestBody(ByteBuf data) {}

        default void responseBody(ByteBuf data) {}
    }

    /** The steps of one route, by kind, in order. */
    final class Chain {
        private final Gate[] gates;
        private final Edit[] edits;
        private final Tap[] taps;

        private Chain(Step... steps) {
            gates = only(Gate.class, steps).toArray(Gate[]::new);
            edits = only(Edit.class, steps).toArray(Edit[]::new);
            taps = only(Tap.class, steps).toArray(Tap[]::new);
        }

        private static <S extends Step> List<S> only(Class<S> kind, Step... steps) {
            return Arrays.stream(steps).filter(kind::isInstance).map(kind::cast).toList();
        }

        /** The chain of these steps, or null if there are none. */
        public static @Nullable Chain of(Step... steps) {
            return steps.length == 0 ? null : new Chain(steps);
        }

        public int gateCount() {
            return gates.length;
        }

        public Gate gate(int i) {
            return gates[i];
        }

        public void editRequest(RequestHead head, HeadWriter added) {
            for (Edit edit : edits) {
                edit.request(head, added);
            }
        }

        public void editResponse(RequestHead request, ResponseHead head, HeadWriter added) {
            for (Edit edit : edits) {
                edit.response(request, head, added);
            }
        }

        public void tapRequest(ByteBuf data) {
            for (Tap tap : taps) {
                tap.requestBody(data);
            }
        }

        public void tapResponse(ByteBuf data) {
            for (Tap tap : taps) {
                tap.responseBody(data);
            }
        }
    }
}
