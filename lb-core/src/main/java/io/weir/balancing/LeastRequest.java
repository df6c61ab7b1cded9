package io.weir.balancing;

/** Costs what is under way at a target, for each unit of its weight. */
final class LeastRequest implements PowerOfTwoChoices.Cost {
    @Override
    public double of(Target target, double weight) {
        return target.inFlight() / weight;
    }
}
