package io.weir.config;

/** What of a request leads it to its worker. */
public sealed interface HashKey {

    /** The client's address, without its port. */
    record ClientAddress() implements HashKey {}

    /** The path in its normal form, without the query. */
    record Path() implements HashKey {}

    /**
     * The value of a header field.
     *
     * @param name in lower case
     */
    record Header(String name) implements HashKey {}

    /** The value of a cookie; its name is compared with case. */
    record Cookie(String name) implements HashKey {}
}
