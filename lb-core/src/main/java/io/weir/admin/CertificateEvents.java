package io.weir.admin;

import io.weir.config.ClientAuthSettings;
import io.weir.config.UpstreamTls;
import io.weir.tls.CertificateListener;
import io.weir.tls.Pair;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of certificates, as events and as lines of the process's log. */
public record CertificateEvents(EventFeed feed) implements CertificateListener {
    private static final Logger LOG = LoggerFactory.getLogger("weir.certificates");

    @Override
    public void renewed(Pair now) {
        LOG.info("{} was read anew: {}, until {}", now.files().cert(), now.name(), now.notAfter());
        feed.publish(new Event("certificate_renewed", facts(now)));
    }

    @Override
    public void notRenewed(Pair stays, String why) {
        LOG.warn("{}; the certificate of {} until {} stays", why, stays.name(), stays.notAfter());
        feed.publish(Event.of("certificate_failing", "certificate", stays.name(), "cause", why));
    }

    @Override
    public void trustRenewed(ClientAuthSettings settings) {
        LOG.info("{} was read anew", settings.crl() == null ? settings.ca() : settings.ca() + " or " + settings.crl());
        feed.publish(Event.of("client_ca_renewed", "file", String.valueOf(settings.ca())));
    }

    @Override
    public void trustNotRenewed(String why) {
        LOG.warn("{}; what was read before stays", why);
        feed.publish(Event.of("client_ca_failing", "cause", why));
    }

    @Override
    public void workersTrustRenewed(UpstreamTls settings) {
        LOG.info("{} was read anew", settings.ca());
        feed.publish(Event.of("worker_ca_renewed", "file", String.valueOf(settings.ca())));
    }

    @Override
    public void workersTrustNotRenewed(String why) {
        LOG.warn("{}; what was read before stays", why);
        feed.publish(Event.of("worker_ca_failing", "cause", why));
    }

    @Override
    public void endsSoon(Pair pair, Duration left) {
        LOG.warn("{}: the certificate of {} {} on {}; renew it", pair.files().cert(), pair.name(), left.isNegative() ? "has expired" : "expires", pair.notAfter());
        feed.publish(new Event("certificate_expiring", facts(pair)));
    }

    @Override
    public void notStapled(Pair pair, String why) {
        LOG.warn("{}; clients of {} get no OCSP response", why, pair.name());
        feed.publish(Event.of("certificate_unstapled", "certificate", pair.name(), "cause", why));
    }

    private static Map<String, Object> facts(Pair pair) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("certificate", pair.name());
        facts.put("file", pair.files().cert().toString());
        facts.put("until", pair.notAfter());
        return facts;
    }
}
