package io.weir.telemetry;

/** Is told of trouble that telemetry meets or finds. Called on threads of its own, never on an event loop. */
public interface TroubleListener {
    /**
     * An event loop has been in one turn for too long, and goes on.
     *
     * @param at the innermost place in the code
     */
    void loopStalled(int loop, long millis, String at);

    /** Connections can't be accepted, and wait; told once, until they can. {@code why} says what to do, if that is known. */
    void acceptFailing(String why);

    /** They are accepted again. */
    void acceptBack();

    /** The access log can't be written, or not as fast as lines come, or not be opened anew; told once, until it can. */
    void accessLogFailing(String why);

    /** It can be written again. */
    void accessLogBack(long linesLost);

    /** It was opened anew, as somebody asked. */
    void accessLogOpened();
}
