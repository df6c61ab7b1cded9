package io.weir.simulation;

/** Every request ends, and once. That none is left is looked at when the world ends. */
final class EndsOnce implements Invariant {
    private final Rules rules;

    EndsOnce(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void settled(SimulatedClient client) {
        if (client.settledTimes() != 1) {
            rules.broken(this, "its end was told " + client.settledTimes() + " times: " + client);
        }
        if (client.ends() > 1) {
            rules.broken(this, "it got " + client.ends() + " responses: " + client);
        }
    }
}
