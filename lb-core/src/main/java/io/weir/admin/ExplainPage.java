package io.weir.admin;

import io.weir.explain.Explainer;
import io.weir.explain.Explanation;
import io.weir.explain.Question;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** {@code /explain}: what would become of a request, and why. */
final class ExplainPage implements Page {
    private static final String URL = "url";
    private static final String METHOD = "method";
    private static final String FROM = "from";
    private static final String SEED = "seed";

    private final Running running;
    private final RandomGenerator random;

    /** @param random draws the luck of questions that bring none; guarded by itself */
    ExplainPage(Running running, RandomGenerator random) {
        this.running = running;
        this.random = random;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(URL, METHOD, PageRequest.HEADER, FROM, SEED);
        Form form = request.form();
        Explanation explanation;
        try {
            explanation = Explainer.explain(question(request), running.subject());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            throw new RefusedException(503, String.valueOf(e.getMessage()));
        }
        String text = form == Form.JSON ? explanation.json() : explanation.text();
        return new Reply.Written(form.contentType(), to -> to.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private Question question(PageRequest request) {
        String url = request.query().get(URL);
        if (url == null) {
            throw new IllegalArgumentException("url= is missing; write /explain?url=http://HOST:PORT/PATH");
        }
        return Question.of(
                request.query().getOrDefault(METHOD, Question.DEFAULT_METHOD),
                url,
                request.headers(),
                request.query().getOrDefault(FROM, Question.DEFAULT_FROM),
                seed(request.query().get(SEED)));
    }

    private long seed(@Nullable String text) {
        if (text == null) {
            synchronized (random) {
                return random.nextInt(Integer.MAX_VALUE); // short enough to be typed again
            }
        }
        return Question.seed(text);
    }
}
