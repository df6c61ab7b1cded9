package io.weir.health;

/**
 * Tells from counts whether a worker fails far more than the others of its pool.
 *
 * <p>Two proportions are compared: <i>p</i>, the failed part of the worker's <i>n</i> answers, and <i>q</i>, that of the others' <i>m</i>.
 * It is far worse if {@code p - q} exceeds 10 points by more than 4 standard errors, {@code sqrt(p(1-p)/n + q(1-q)/m)}. A worker that is in truth
 * no more than 10 points worse is found guilty once in 30,000 looks (one-sided normal tail beyond 4σ), and one that is as good as the
 * others, practically never. Ten points, because a small difference becomes significant with enough requests and still is no reason to
 * give up a worker's capacity. A hundred answers on both sides, because the normal tail is no approximation below: with them, 30 % of
 * failures among perfect others are enough, and 20 % from 260 answers on.
 */
final class SuccessRate {
    static final long LEAST = 100;
    static final double FAR = 0.1;
    private static final double SIGMAS = 4;

    private SuccessRate() {}

    static boolean farBelow(long good, long bad, long othersGood, long othersBad) {
        long n = good + bad;
        long m = othersGood + othersBad;
        if (n < LEAST || m < LEAST) {
            return false;
        }
        double p = (double) bad / n;
        double q = (double) othersBad / m;
        double error = Math.sqrt(p * (1 - p) / n + q * (1 - q) / m);
        return p - q - FAR > SIGMAS * error;
    }
}
