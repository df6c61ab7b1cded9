package io.weir.admin;

import io.weir.exchange.Reason;
import io.weir.simulate.AppForecast;
import io.weir.simulate.Forecast;
import io.weir.simulate.Loss;
import io.weir.simulate.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What would become of the apps, for people and for programs: sums over all of them first, then the worst. */
public final class ForecastReport {
    private final Forecast forecast;
    private final int limit;
    private final List<AppForecast> worst;
    private final int steps;

    private ForecastReport(Forecast forecast, int limit) {
        this.forecast = forecast;
        this.limit = limit;
        this.worst = forecast.worst();
        this.steps = forecast.steps().size();
    }

    /** With at most {@code limit} rows in each table. */
    static Map<String, Object> facts(Forecast forecast, int limit) {
        return new ForecastReport(forecast, limit).facts();
    }

    /** As a page would write it that nobody serves. */
    public static String text(Forecast forecast, int limit) {
        StringBuilder text = new StringBuilder();
        try {
            TextForm.write(facts(forecast, limit), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a builder throws none
        }
        return text.toString();
    }

    /** The same as JSON. */
    public static String json(Forecast forecast, int limit) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        JsonForm.write(facts(forecast, limit), bytes);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private Map<String, Object> facts() {
        Map<String, Object> load = new LinkedHashMap<>();
        load.put("exchanges", Math.round(forecast.load().total()));
        load.put("from", forecast.load().basis().text());
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("apps", forecast.all());
        counts.put("concerned", forecast.concerned());
        counts.put("dark_before", forecast.darkBefore());
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("losses", forecast.question().losses().stream().map(Loss::toString).toList());
        facts.put("seed", forecast.question().seed());
        facts.put("load", load);
        facts.put("counts", counts);
        facts.put("steps", stepTable());
        facts.put("worst_apps", appTable());
        facts.put("shares", shareTable());
        facts.put("workers", workerTable());
        if (forecast.unmannedApps() > 0) {
            facts.put("apps_without_workers", unmannedTable());
        }
        return facts;
    }

    private Table stepTable() {
        Table table = new Table(
                steps, "step", "loss", "untouched", "moved", "overloaded", "panic", "nothing_else_left", "stopped_by_residency", "dark",
                "dark_by_name", "workers_over");
        for (int i = 0; i < steps; i++) {
            Forecast.Step step = forecast.steps().get(i);
            table.row(
                    i + 1,
                    step.loss().toString(),
                    step.apps(Verdict.UNTOUCHED),
                    step.apps(Verdict.MOVED),
                    step.apps(Verdict.OVERLOADED),
                    step.apps(Verdict.PANIC),
                    step.apps(Verdict.NOTHING_ELSE_LEFT),
                    step.apps(Verdict.STOPPED_BY_RESIDENCY),
                    step.apps(Verdict.DARK),
                    step.darkByName(),
                    step.workersOver());
        }
        return table;
    }

    private Table appTable() {
        Table table = byStep(limit, List.of("app"), List.of("load", "settled", "dark_by_name"));
        for (AppForecast app : worst) {
            AppForecast.Entrance home = app.atHome();
            row(
                    table,
                    List.of(app.app()),
                    step -> home.verdicts().get(step).word(),
                    load(app.factor(), app.isUnknown()),
                    home.settled().stream().reduce(Duration.ZERO, Duration::plus),
                    app.darkByName(steps).isEmpty() ? null : app.darkByName(steps));
        }
        table.leaveOff(forecast.concerned() - worst.size());
        return table;
    }

    private Table shareTable() {
        Table table = byStep(limit, List.of("app", "asked", "tier"), List.of());
        for (AppForecast app : worst) {
            for (AppForecast.Entrance entrance : app.entrances()) {
                for (int i = 0; i < entrance.tiers().size(); i++) {
                    int tier = i;
                    row(
                            table,
                            Arrays.asList(app.app(), entrance.equals(app.atHome()) ? null : entrance.asked(), entrance.tiers().get(tier)),
                            step -> Share.of(entrance.shares().get(step).get(tier)));
                }
            }
        }
        return table;
    }

    private Table workerTable() {
        Table table = byStep(limit, List.of("app", "worker", "zone"), List.of("load", "most"));
        for (AppForecast app : worst) {
            for (AppForecast.WorkerForecast worker : app.workers()) {
                row(
                        table,
                        List.of(app.app(), worker.worker().address().toString(), worker.worker().zone()),
                        step -> Math.round(worker.loads().get(step)),
                        worker.lost() ? "lost" : load(worker.factor(), worker.isUnknown()),
                        worker.most());
            }
        }
        return table;
    }

    private Table unmannedTable() {
        Table table = new Table(limit, "app", "answer");
        forecast.unmanned().forEach(app -> table.row(app, Reason.NO_WORKERS.status() + " " + Reason.NO_WORKERS.code()));
        table.leaveOff(forecast.unmannedApps() - forecast.unmanned().size());
        return table;
    }

    private static @Nullable Object load(double factor, boolean unknown) {
        return unknown ? "unknown" : factor == 0 ? null : Share.of(factor);
    }

    /** With a column for how it is before, and one for each loss. */
    private Table byStep(int most, List<String> left, List<String> right) {
        List<String> columns = new ArrayList<>(left);
        columns.add("before");
        for (int step = 1; step <= steps; step++) {
            columns.add("after_" + step);
        }
        columns.addAll(right);
        return new Table(most, columns.toArray(String[]::new));
    }

    private void row(Table table, List<? extends @Nullable Object> left, IntFunction<Object> at, @Nullable Object... right) {
        List<@Nullable Object> cells = new ArrayList<>(left);
        for (int step = 0; step <= steps; step++) {
            cells.add(at.apply(step));
        }
        cells.addAll(Arrays.asList(right));
        table.row(cells.toArray());
    }
}
