package io.weir.app;

import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.config.ConfigSchema;
import io.weir.config.JsonText;
import io.weir.config.LoadedConfig;
import io.weir.explain.FromConfig;
import io.weir.health.Health;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a config as {@code run} does and says what it thinks of it. Opens no port. */
@Command(name = "check", mixinStandardHelpOptions = true, description = "Says every problem of a config, a FILE or a folder of them; opens no port.")
final class Check implements Callable<Integer> {

    /** How problems are said: for people, or as an array. */
    enum Format {
        TEXT,
        JSON
    }

    @ArgGroup(exclusive = true, multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Subject subject;

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "problems as text on standard error (the default), or as a JSON array on standard output")
    @SuppressWarnings("NullAway.Init")
    private Format format;

    /** What is asked for. */
    static final class Subject {
        @Parameters(paramLabel = "FILE|DIR", description = "the config, YAML")
        private @Nullable String path;

        @Option(names = "--schema", description = "print the config's JSON Schema, for editors, instead")
        private boolean schema;
    }

    @Override
    public Integer call() {
        if (subject.schema || subject.path == null) {
            System.out.print(ConfigSchema.json());
            return Main.OK;
        }
        return check(Path.of(subject.path), format, System.out, System.err);
    }

    static int check(Path path, Format format, PrintStream out, PrintStream err) {
        LoadedConfig config;
        try {
            config = ConfigReader.read(path);
        } catch (ConfigProblemsException e) {
            return refused(e, path, format, out, err);
        }
        CertificateKeeper.Findings certificates = CertificateKeeper.check(config.settings());
        certificates.warnings().forEach(line -> err.println("warning: " + line));
        if (!certificates.problems().isEmpty()) {
            return refused(ConfigReader.problems(path, certificates.problems()), path, format, out, err);
        }
        TcpHosts.warnings(config.settings(), () -> new FromConfig(config.settings(), Health.HEALTHY).table())
                .forEach(line -> err.println("warning: " + line));
        DescriptorLimit.shortfall(config.settings().limits().connections()).ifPresent(line -> err.println("warning: " + line));
        out.println(format == Format.JSON ? JsonText.of(List.of()) : ConfigReport.ok(config));
        return Main.OK;
    }

    private static int refused(ConfigProblemsException refused, Path path, Format format, PrintStream out, PrintStream err) {
        if (format == Format.JSON) {
            out.println(JsonText.of(ConfigReport.parts(refused)));
        } else {
            ConfigReport.print(refused, path, err);
        }
        return Main.FAILED;
    }
}
