package io.weir.admin;

import io.weir.control.Control;
import io.weir.failover.Evacuation;
import io.weir.failover.Scope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code /restore}: ends an evacuation before its time. */
final class RestorePage implements Page {
    private final Running running;

    RestorePage(Running running) {
        this.running = running;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(EvacuatePage.WHAT);
        Scope scope = EvacuatePage.scope(request);
        if (!running.onControl(control -> control.restore(scope)).join()) {
            String there = running.onControl(Control::evacuations).join().all().stream()
                    .map(Evacuation::scope)
                    .map(Scope::toString)
                    .collect(Collectors.joining(", "));
            throw new RefusedException(404, scope + " is not evacuated; what is: " + (there.isEmpty() ? "nothing" : there));
        }
        boolean planned = EvacuatePage.awaitPlanned(running);
        EvacuatePage.awaitKept(running, scope + " is restored", "a restart would evacuate it again, until its end");
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("restored", scope.toString());
        EvacuatePage.tellPlanned(facts, planned);
        return new Reply.Facts(facts);
    }
}
