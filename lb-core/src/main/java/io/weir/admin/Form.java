package io.weir.admin;

/** How an answer is written. */
enum Form {
    /** For people. */
    TEXT("text/plain; charset=utf-8"),
    JSON("application/json");

    private final String contentType;

    Form(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /** The one that an {@code Accept} field asks for: JSON if it names it and prefers nothing that text is. */
    static Form of(String accept) {
        return weight(accept, "application/json") > Math.max(weight(accept, "text/plain"), weight(accept, "text/html")) ? JSON : TEXT;
    }

    /** The {@code q} of a media type that is named itself (RFC 9110, 12.5.1); 0 if it isn't. */
    static double weight(String accept, String type) {
        for (String range : accept.split(",", -1)) {
            String[] parts = range.split(";", -1);
            if (parts[0].strip().equalsIgnoreCase(type)) {
                return weight(parts);
            }
        }
        return 0;
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i].strip();
            if (part.startsWith("q=") || part.startsWith("Q=")) {
                try {
                    return Double.parseDouble(part.substring(2));
                } catch (NumberFormatException _) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
