package io.weir.config;

/** How an app's traffic is laid over the zones of a region. */
public enum ZoneChoice {
    /** Over all of them alike. */
    SPREAD,
    /** To workers in the load balancer's own zone, while they are well. */
    PREFER_LOCAL
}
