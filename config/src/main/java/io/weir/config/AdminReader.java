package io.weir.config;

import io.weir.topology.BindAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads {@code admin}. */
final class AdminReader {

    private final Reading<BindAddress> bindReading;

    /** @param bindReading of addresses that listeners may not have too */
    AdminReader(Reading<BindAddress> bindReading) {
        this.bindReading = bindReading;
    }

    @Nullable AdminSettings admin(Value value) {
        return value.fields(fields -> {
            BindAddress bind = fields.optional("bind", bindReading);
            Path socket = fields.optional("socket", AdminReader::socket);
            Secret token = fields.optional("token", AdminReader::token);
            fields.notYet("tls");
            fields.needOneOf("give it a port, bind: \"127.0.0.1:9901\", or a Unix socket, socket: /run/weir/admin.sock", "bind", "socket");
            return bind == null && socket == null ? null : new AdminSettings(bind, socket, token);
        });
    }

    private static @Nullable Path socket(Value value) {
        value.accept(Forms.text("the path of a Unix socket; a relative one begins at the folder that the config's file is in"));
        String text = value.text();
        Path path = text == null ? null : Scalars.path(value, "/run/weir/admin.sock");
        if (text == null || path == null) {
            return null;
        }
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > AdminSettings.LONGEST_SOCKET) {
            value.report(
                    "is too long a path for a Unix socket: " + length + " bytes, from the root on",
                    "choose one of at most " + AdminSettings.LONGEST_SOCKET + ", as /run/weir/admin.sock");
            return null;
        }
        if (text.endsWith("/") || path.getFileName() == null) {
            value.report("is a folder", "name the socket in it, as in /run/weir/admin.sock");
            return null;
        }
        return path;
    }

    /** As it is sent, {@code Authorization: Bearer TOKEN} (RFC 6750, 2.1). No message quotes it. */
    private static @Nullable Secret token(Value value) {
        value.accept(Forms.text("a secret of at least 16 letters, digits and -._~+/=, better from elsewhere: ${file:token}"));
        String text = value.text();
        if (text == null) {
            return null;
        }
        String remedy = "make one with: head -c 24 /dev/urandom | base64 > token, and write \"${file:token}\"";
        if (text.length() < AdminSettings.SHORTEST_TOKEN || text.length() > AdminSettings.LONGEST_TOKEN) {
            value.reportMust(
                    "must be of " + AdminSettings.SHORTEST_TOKEN + " to " + AdminSettings.LONGEST_TOKEN + " characters",
                    "of " + text.length(),
                    remedy);
            return null;
        }
        if (!text.chars().allMatch(AdminReader::isTokenCharacter)) {
            value.reportMust("must be letters, digits and -._~+/=", "not", remedy);
            return null;
        }
        return new Secret(text);
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || "-._~+/=".indexOf(c) >= 0;
    }
}
