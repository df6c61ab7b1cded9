package io.weir.health.check;

import java.util.List;

/** What {@code grpc-status} says, with the names of its numbers (gRPC, "Status codes and their use"). */
final class GrpcStatus {
    private static final List<String> NAMES = List.of(
            "OK",
            "CANCELLED",
            "UNKNOWN",
            "INVALID_ARGUMENT",
            "DEADLINE_EXCEEDED",
            "NOT_FOUND",
            "ALREADY_EXISTS",
            "PERMISSION_DENIED",
            "RESOURCE_EXHAUSTED",
            "FAILED_PRECONDITION",
            "ABORTED",
            "OUT_OF_RANGE",
            "UNIMPLEMENTED",
            "INTERNAL",
            "UNAVAILABLE",
            "DATA_LOSS",
            "UNAUTHENTICATED");

    private GrpcStatus() {}

    /** {@code grpc-status 12 UNIMPLEMENTED}. */
    static String text(CharSequence code) {
        String digits = Excerpt.of(code.toString());
        for (int i = 0; i < NAMES.size(); i++) {
            if (digits.equals(String.valueOf(i))) {
                return "grpc-status " + digits + " " + NAMES.get(i);
            }
        }
        return "grpc-status " + digits;
    }
}
