package io.weir.control;

import io.weir.balancing.Latency;
import io.weir.balancing.Target;
import io.weir.balancing.Touched;
import io.weir.config.AppSettings;
import io.weir.config.EjectionSettings;
import io.weir.config.UpstreamTls;
import io.weir.topology.Worker;
import io.weir.upstream.Endpoint;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Endpoints;
import io.weir.upstream.GatewayTarget;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Targets that requests are sent to.
 *
 * @param touched where they are listed when attempts come to them; null if nobody watches
 * @param instance our name among load balancers
 */
public record LiveTargets(Endpoints endpoints, @Nullable Touched touched, String instance) implements Targets {
    /** Of an app without gateways. */
    public LiveTargets(Endpoints endpoints, @Nullable Touched touched) {
        this(endpoints, touched, "weir");
    }

    @Override
    public Target of(AppSettings app, Worker worker, int weight, @Nullable Latency latency) {
        return of(app, worker, weight, latency, null);
    }

    @Override
    public Target of(AppSettings app, Worker worker, int weight, @Nullable Latency latency, @Nullable Target known) {
        EjectionSettings ejection = app.health().ejection();
        boolean serverErrors = ejection != null && ejection.serverErrors();
        boolean behindGateway = app.isBehindGateway(worker.region());
        Endpoint endpoint = endpoint(app, worker, behindGateway);
        if (known instanceof EndpointTarget target && target.endpoint() == endpoint && target instanceof GatewayTarget == behindGateway) {
            if (target instanceof GatewayTarget gateway) {
                gateway.bound(app.upstream());
            } else {
                target.become(weight, serverErrors);
            }
            target.measure(latency);
            return target;
        }
        endpoint.join();
        return behindGateway
                ? new GatewayTarget(endpoint, worker, app.upstream(), instance, latency, touched)
                : new EndpointTarget(endpoint, worker, weight, serverErrors, latency, touched);
    }

    private Endpoint endpoint(AppSettings app, Worker worker, boolean behindGateway) {
        if (!behindGateway) {
            return endpoints.at(worker.address(), app.upstream());
        }
        UpstreamTls tls = Objects.requireNonNull(app.pools().get(worker.region())).gatewayTls();
        return endpoints.at(worker.address(), tls == null ? GatewayTarget.SHARED : GatewayTarget.SHARED.over(tls));
    }
}
