package io.weir.discovery;

/**
 * A worker as a source knows it; its zone, and its port if need be, are the pool's to say.
 *
 * @param weight as that of a worker in the config
 */
public record FoundWorker(Place place, int weight) {

    static final int HEAVIEST = 256;

    public FoundWorker {
        if (weight < 0 || weight > HEAVIEST) {
            throw new IllegalArgumentException("no weight: " + weight);
        }
    }
}
