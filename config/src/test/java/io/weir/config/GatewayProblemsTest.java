package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.ORDERS;
import static io.weir.config.Configs.assertProblems;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Regions that are reached through their own load balancer. */
class GatewayProblemsTest {

    @Test
    void aPoolHasWorkersOrAGateway() {
        assertProblems(
                LEAST + ORDERS + "      us-e1: {workers: [{address: \"127.0.0.1:1\", zone: us-e1a}], gateway: {address: \"10.0.0.1:80\"}}\n",
                "11:75: apps.orders.pools.us-e1.gateway: stands beside workers: requests go to the one or to the others; remove one of the two");
    }

    @Test
    void aPoolHasOneOfThem() {
        assertProblems(
                LEAST + ORDERS + "      us-e1: {}\n",
                "11:14: apps.orders.pools.us-e1: has neither workers nor gateway nor discover;"
                        + " list its workers, name the load balancer of that region, gateway: {address: \"10.0.0.1:8080\"}, or say where its workers are found");
    }

    @Test
    void theOwnRegionHasNoGateway() {
        assertProblems(
                LEAST + "apps: {orders: {pools: {ca-c1: {gateway: {address: \"10.0.0.1:80\"}}}}}\n",
                "7:42: apps.orders.pools.ca-c1.gateway: ca-c1 is where this process runs: it is the load balancer of that region itself; list the workers");
    }

    @Test
    void aGatewayHasAnAddressAndPerhapsTls() {
        assertProblems(
                LEAST + ORDERS + "      us-e1: {gateway: {zone: us-e1a}}\n",
                "11:24: apps.orders.pools.us-e1.gateway.address: is missing",
                "11:25: apps.orders.pools.us-e1.gateway.zone: unknown key; known here: address, tls");
    }

    @Test
    void aRegionBehindAGatewayMayTakeOver() {
        Settings settings = Configs.read(
                LEAST + ORDERS + "      us-e1: {gateway: {address: \"10.0.0.1:80\"}}\n    failover: {to: [us-e1, ca-c1]}\n");

        assertThat(Objects.requireNonNull(settings.apps().get("orders")).failover().to()).containsExactly("us-e1", "ca-c1");
    }

    @Test
    void theLossOfARegionBehindAGatewayIsFoundOutWithoutChecks() {
        Settings settings = Configs.read(LEAST + ORDERS
                + "      us-e1: {gateway: {address: \"10.0.0.1:80\"}}\n    check: off\n    ejection: off\n    failover: {to: [ca-c1]}\n");

        assertThat(Objects.requireNonNull(settings.apps().get("orders")).failover().to()).containsExactly("ca-c1");
    }

    @Test
    void theLossOfWorkersIsNotThoughAGatewayWouldTakeOver() {
        assertProblems(
                LEAST + ORDERS + "      us-e1: {gateway: {address: \"10.0.0.1:80\"}}\n    check: off\n    ejection: off\n    failover: {to: [us-e1]}\n",
                "14:20: apps.orders.failover.to: never happens: if ca-c1 is lost, nobody finds out, since check and ejection are off; write check: tcp");
    }

    @Test
    void anInstanceHasANameThatFitsIntoAField() {
        assertProblems(
                LEAST + "instance: \"a;b\"\ntrusted-gateways: [gw]\n",
                "7:11: instance: must be of letters, digits and -._:, is \"a;b\"; choose one of at most 64, as in lb-1.ca-c1",
                "8:20: trusted-gateways[0]: \"gw\" is not an IP address, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32");
    }
}
