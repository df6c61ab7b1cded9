package io.weir.admin;

/** What a page gives away, or does. */
enum Access {
    /** Whether the process serves: anybody may ask, by any name. */
    PROBE,
    /** Figures, for a collector on another machine. */
    FIGURES,
    /** How the load balancer is set up and how its parts are. */
    INSIGHT,
    /** It changes something. */
    CHANGE;

    /** The methods that such a page takes, for {@code Allow}. */
    String methods() {
        return this == CHANGE ? "POST" : "GET, HEAD";
    }

    boolean takes(String method) {
        return this == CHANGE ? method.equals("POST") : method.equals("GET") || method.equals("HEAD");
    }
}
