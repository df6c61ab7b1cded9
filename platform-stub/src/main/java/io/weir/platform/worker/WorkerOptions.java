package io.weir.platform.worker;

import io.weir.topology.BindAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a worker is told when it is started. Read by hand: a parser's classes would be half of its start. */
record WorkerOptions(Identity identity, BindAddress bind) {
    static final String USAGE = "usage: worker --app APP --name NAME --region REGION --zone ZONE --bind ADDRESS:PORT";

    private static final List<String> NAMES = List.of("--app", "--name", "--region", "--zone", "--bind");

    /** @throws IllegalArgumentException with a message for whoever wrote them */
    static WorkerOptions of(String[] args, long pid) {
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!NAMES.contains(args[i])) {
                throw new IllegalArgumentException("there is no option " + args[i]);
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value");
            }
            values.put(args[i], args[i + 1]);
        }
        Identity identity =
                new Identity(value(values, "--app"), value(values, "--name"), value(values, "--region"), value(values, "--zone"), pid);
        return new WorkerOptions(identity, BindAddress.parse(value(values, "--bind")));
    }

    private static String value(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
