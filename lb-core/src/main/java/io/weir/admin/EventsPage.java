package io.weir.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /events}: what happens, as it does; or, if JSON or text is asked for, what has happened lately. */
final class EventsPage implements Page {
    private static final String STREAM = "text/event-stream";
    private static final String AFTER = "after";

    private final EventFeed feed;

    EventsPage(EventFeed feed) {
        this.feed = feed;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(AFTER);
        if (streams(request)) {
            return new Reply.Live(after(request));
        }
        List<NotedEvent> events = feed.after(after(request));
        Table table = new Table(EventFeed.REMEMBERED, "id", "at", "event", "facts");
        events.forEach(noted -> table.row(noted.id(), noted.at(), noted.event().kind(), noted.event().facts()));
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("events", table);
        return new Reply.Facts(facts);
    }

    /** Unless a list is asked for by name. */
    private static boolean streams(PageRequest request) {
        if (request.query().containsKey(PageRequest.FORMAT)) {
            return false;
        }
        String accept = request.accept();
        double list = Math.max(Form.weight(accept, "application/json"), Form.weight(accept, "text/plain"));
        return list == 0 || Form.weight(accept, STREAM) >= list;
    }

    private static long after(PageRequest request) throws RefusedException {
        String id = request.lastEventId() != null ? request.lastEventId() : request.query().get(AFTER);
        return id == null ? 0 : number(id);
    }

    private static long number(String id) throws RefusedException {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException _) {
            throw new RefusedException(400, "an event's id is a number, is " + id);
        }
    }

    /** As it is sent (HTML, 9.2, server-sent events). */
    static String sent(NotedEvent noted) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put(Event.AT, noted.at());
        data.putAll(noted.event().facts());
        return "id: " + noted.id() + "\nevent: " + noted.event().kind() + "\ndata: " + JsonForm.line(data) + "\n\n";
    }
}
