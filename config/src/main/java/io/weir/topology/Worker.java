package io.weir.topology;

/**
 * One process that serves an app, at one address, in one zone. The same process serving two apps is two workers at one address.
 *
 * @param app the app's name
 * @param region the region of its pool
 */
public record Worker(String app, String region, String zone, WorkerAddress address) {

    /** As events and messages name it. */
    @Override
    public String toString() {
        return app + " at " + address + " in " + zone;
    }
}
