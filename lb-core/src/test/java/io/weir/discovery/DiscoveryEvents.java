package io.weir.discovery;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Notes what it is told, a line for each. */
final class DiscoveryEvents implements DiscoveryListener {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    /** Those since it was asked last. */
    List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    @Override
    public void changed() {
        lines.add("changed");
    }

    @Override
    public void unanswered(Service service, String why, @Nullable Duration age) {
        lines.add("unanswered " + service + ": " + why + ", " + age);
    }

    @Override
    public void answered(Service service) {
        lines.add("answered " + service);
    }

    @Override
    public void doubted(Service service, int missing, int known) {
        lines.add("doubted " + service + ": " + missing + " of " + known);
    }

    @Override
    public void undoubted(Service service, int workers) {
        lines.add("undoubted " + service + ": " + workers);
    }

    @Override
    public void leftOut(Service service, @Nullable String what) {
        lines.add("left out " + service + ": " + what);
    }

    @Override
    public void withoutZone(String app, String region, int workers) {
        lines.add("without zone " + app + " " + region + ": " + workers);
    }

    @Override
    public void recalled(int services, Duration oldest) {
        lines.add("recalled " + services + ", " + oldest);
    }

    @Override
    public void notRead(Path file, String why) {
        lines.add("not read " + file.getFileName() + ": " + why);
    }

    @Override
    public void notKept(Path file, String why) {
        lines.add("not kept " + file.getFileName());
    }

    @Override
    public void keptAgain(Path file) {
        lines.add("kept again " + file.getFileName());
    }
}
