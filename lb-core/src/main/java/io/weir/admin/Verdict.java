package io.weir.admin;

/** Whether a call may be answered. */
sealed interface Verdict {
    /** It may. */
    record Allowed() implements Verdict {}

    /**
     * It may not.
     *
     * @param status 401, 403 or 405
     * @param why with a remedy
     * @param wrongToken whether somebody tried a token that isn't ours
     */
    record Refused(int status, String why, boolean wrongToken) implements Verdict {}
}
