package io.weir.health;

import io.weir.health.HealthTransition.Cause;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.Locale;

/**
 * What is known of one worker that has a verdict, to go on with in another process. Times are lengths in ns, since no clock survives.
 *
 * @param cause what made it so
 * @param detail what was seen, for people
 * @param contact of one that is unhealthy: how it meets requests
 * @param ejected whether answers made it unhealthy, and checks don't say the same
 * @param age since it is so
 * @param rest until an ejection, or else the slow start of a probation, is over; 0 where neither is
 * @param ejections of those that there were, how many are not forgotten
 * @param share of what stands behind it, how much can serve
 */
public record HealthMemo(
        Worker worker,
        Health health,
        Cause cause,
        String detail,
        Contact contact,
        boolean ejected,
        long age,
        long rest,
        int ejections,
        double share) {
    private static final int WORDS = 13;
    private static final String EJECTED = "ejected";
    private static final String NO = "-";

    /** One line, for {@link #parse}: {@code orders ca-c1 ca-c1a 10.0.0.1:80 unhealthy failures answers ejected PT3S PT7S 1 1.0 5 failures in a row}. */
    @Override
    public String toString() {
        return String.join(
                " ",
                worker.app(),
                worker.region(),
                worker.zone(),
                worker.address().toString(),
                word(health),
                word(cause),
                word(contact),
                ejected ? EJECTED : NO,
                Duration.ofNanos(age).toString(),
                Duration.ofNanos(rest).toString(),
                Integer.toString(ejections),
                Double.toString(share),
                detail.replaceAll("\\p{Cntrl}", " "));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * What such a line says.
     *
     * @throws IllegalArgumentException if nobody can have written it
     */
    public static HealthMemo parse(String line) {
        String[] words = line.split(" ", WORDS);
        if (words.length != WORDS) {
            throw new IllegalArgumentException("no worker: " + line);
        }
        try {
            return new HealthMemo(
                    new Worker(words[0], words[1], words[2], WorkerAddress.parse(words[3])),
                    constant(Health.class, words[4]),
                    constant(Cause.class, words[5]),
                    words[12],
                    constant(Contact.class, words[6]),
                    words[7].equals(EJECTED),
                    nanos(words[8]),
                    nanos(words[9]),
                    Integer.parseUnsignedInt(words[10]),
                    share(words[11]));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("no worker: " + line, e);
        }
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String word) {
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    }

    private static long nanos(String word) {
        long nanos = Duration.parse(word).toNanos();
        if (nanos < 0) {
            throw new IllegalArgumentException("no length: " + word);
        }
        return nanos;
    }

    private static double share(String word) {
        double share = Double.parseDouble(word);
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("no share: " + word);
        }
        return share;
    }
}
