package io.weir.platform.worker;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who a worker is; each of its answers says so.
 *
 * @param app the app that it serves
 * @param name its own
 * @param region where it runs
 * @param zone the part of the region
 * @param pid its process
 */
record Identity(String app, String name, String region, String zone, long pid) {

    /** As JSON's members, in order. */
    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("app", app);
        members.put("worker", name);
        members.put("region", region);
        members.put("zone", zone);
        members.put("pid", pid);
        return members;
    }
}
