package io.weir.explain;

import io.weir.exchange.OwnAnswer;
import io.weir.exchange.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What the client gets.
 *
 * @param status of an answer of our own, or 0: a worker answers, or nobody
 * @param reason its code, or null
 * @param worker who is asked first, or null
 * @param says a sentence
 * @param remedy what to do if that isn't what is wanted, a sentence; or null
 */
public record Ending(int status, @Nullable String reason, @Nullable String worker, String says, @Nullable String remedy) {
    /** There is nobody to connect to. */
    static Ending nobody(String remedy) {
        return new Ending(0, null, null, "Nobody answers.", remedy);
    }

    static Ending refused(Reason reason, String remedy) {
        return refused(reason, reason.sentence(), remedy);
    }

    static Ending refused(Reason reason, String sentence, String remedy) {
        return new Ending(reason.status(), reason.code(), null, title(reason.status()) + ", " + reason.code() + ": " + sentence + ".", remedy);
    }

    /** A mapping answers by itself. */
    static Ending answered(int status, @Nullable String location) {
        Reason reason = location == null ? Reason.RESPONDED : Reason.REDIRECTED;
        return new Ending(status, reason.code(), null, title(status) + (location == null ? ", from the mapping." : ", to " + location + "."), null);
    }

    /** A listener without TLS sends it to one with it. */
    static Ending secured(String url) {
        Ending redirected = answered(Reason.REDIRECTED.status(), url);
        return new Ending(redirected.status, redirected.reason, null, redirected.says, "Ask about that URL, to see what becomes of it there.");
    }

    static Ending served(String worker) {
        return new Ending(0, null, worker, "What " + worker + " answers.", null);
    }

    /** Somebody else picks the worker. */
    static Ending handedOver(Gateway to) {
        return new Ending(0, null, to.address(), "What " + to.name() + " answers.", null);
    }

    private static String title(int status) {
        return status + " " + OwnAnswer.phrase(status);
    }
}
