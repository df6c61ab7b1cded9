package io.weir.telemetry.metrics;

/** A status as metrics have it. */
enum StatusClass {
    /** No status was sent, or had. */
    NONE("none"),
    INFORMATIONAL("1xx"),
    SUCCESS("2xx"),
    REDIRECTION("3xx"),
    CLIENT_ERROR("4xx"),
    SERVER_ERROR("5xx");

    private static final StatusClass[] ALL = values();

    private final String label;

    StatusClass(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** Its place in memory that holds something for each. */
    @SuppressWarnings("EnumOrdinal")
    int index() {
        return ordinal();
    }

    static StatusClass of(int status) {
        int hundreds = status / 100;
        return hundreds < ALL.length ? ALL[hundreds] : NONE;
    }

    static int count() {
        return ALL.length;
    }
}
