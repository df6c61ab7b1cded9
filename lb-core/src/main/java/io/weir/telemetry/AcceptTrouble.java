package io.weir.telemetry;

import io.weir.loop.AcceptFailures;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says when connections can't be accepted any more, with what to do about it, and when they can again. One thread's, which looks now and then. */
public final class AcceptTrouble {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptTrouble.class);

    /** After that long without a failure it is over, in ns: far longer than a listening socket rests. */
    static final long QUIET = TimeUnit.SECONDS.toNanos(2);

    private final AcceptFailures failures;
    private final TroubleListener listener;
    private boolean failing;
    private long seen;
    private long changed;

    public AcceptTrouble(AcceptFailures failures, TroubleListener listener) {
        this.failures = failures;
        this.listener = listener;
    }

    /** Looks; {@code now} is in ns. */
    public void check(long now) {
        long sum = failures.sum();
        if (sum != seen) {
            seen = sum;
            changed = now;
            if (!failing) {
                failing = true;
                String why = reason(String.valueOf(failures.latest()));
                LOG.error("connections can't be accepted and wait: {}", why);
                listener.acceptFailing(why);
            }
        } else if (failing && now - changed >= QUIET) {
            failing = false;
            LOG.info("connections are accepted again");
            listener.acceptBack();
        }
    }

    /** With a remedy, if one is known. What transports say of the same trouble differs in its beginning. */
    private static String reason(String said) {
        if (said.contains("open files in system") || said.contains("error(-23)")) {
            return said + "; the whole machine has no descriptor left: raise fs.file-max";
        }
        return said.contains("open files")
                ? said + "; raise the hard limit of descriptors (ulimit -Hn, LimitNOFILE) or lower limits.connections"
                : said;
    }
}
