package io.weir;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The picture of the modules and the layers, as rules. A package may import what stands below it and nothing else; each
 * ban says why it is one.
 *
 * <p>A package that does not exist yet breaks no rule. A package that stands nowhere in {@link #LAYERS} does: give it its
 * place there first.
 */
@AnalyzeClasses(packages = "io.weir", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** From top to bottom. The packages of one layer are strangers to each other. */
    private static final List<List<String>> LAYERS =
            List.of(
                    List.of("app"),
                    List.of("admin", "takeover"),
                    List.of("explain", "plan", "simulate"),
                    List.of("control", "frontend", "telemetry"),
                    List.of("discovery", "exchange"),
                    List.of("upstream", "routing", "failover"),
                    List.of("http", "balancing", "loop", "tls"),
                    List.of("health"),
                    List.of("config"),
                    List.of("state", "topology"));

    /** Stands beside the load balancer, not on it: its own module, which shares nothing but the nouns and the config. */
    private static final String PLATFORM = "io.weir.platform..";

    @ArchTest
    static void everyPackageImportsOnlyWhatStandsBelowIt(JavaClasses all) {
        for (int i = 0; i < LAYERS.size(); i++) {
            List<String> layer = LAYERS.get(i);
            List<String> above = LAYERS.subList(0, i).stream().flatMap(List::stream).toList();
            for (String name : layer) {
                Stream<String> siblings = layer.stream().filter(other -> !other.equals(name));
                String[] banned = packages(Stream.concat(above.stream(), siblings));
                if (banned.length > 0) {
                    noClasses()
                            .that(resideInAPackage(in(name)))
                            .should()
                            .dependOnClassesThat(resideInAnyPackage(banned))
                            .because(
                                    name + " must be readable and testable without what is built on it or stands beside it;"
                                            + " the parts are wired in app, which nothing imports")
                            .allowEmptyShould(true)
                            .check(all);
                }
            }
        }
    }

    @ArchTest
    static final ArchRule everyPackageHasItsPlaceInThePicture =
            classes()
                    .should()
                    .resideInAnyPackage(
                            Stream.concat(Stream.of(PLATFORM), Stream.of(packages(LAYERS.stream().flatMap(List::stream))))
                                    .toArray(String[]::new))
                    .because("a package outside of the picture is bound by none of its rules")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theBalancerKnowsNothingOfThePlatform =
            noClasses()
                    .that(resideOutsideOfPackages(PLATFORM))
                    .should()
                    .dependOnClassesThat(resideInAPackage(PLATFORM))
                    .because("the platform is a client of the load balancer's interfaces like any other")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule thePlatformSharesOnlyNounsAndConfig =
            noClasses()
                    .that(resideInAPackage(PLATFORM))
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("io.weir..")
                                    .and(resideOutsideOfPackages(PLATFORM, in("config"), in("topology"))))
                    .because("it stands for a foreign system, and such a one sees our wire formats, not our classes")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule processesAreStartedWithoutKnowingWhatTheyRun =
            noClasses()
                    .that(resideInAPackage("io.weir.platform"))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("io.weir.platform.worker..", "io.weir.platform.demo.."))
                    .because("whoever starts processes, the demo or a backend, uses the same few classes")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theSampleAppKnowsNoDemo =
            noClasses()
                    .that(resideInAPackage("io.weir.platform.worker.."))
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.weir.platform.demo.."))
                    .because("an app doesn't know who deploys it")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule decisionsKnowNoSockets =
            noClasses()
                    .that(resideInAnyPackage(in("topology"), in("routing"), in("failover"), in("balancing"), "io.weir.health"))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("io.netty..", "java.nio.channels..", "java.net.http.."))
                    .because("a decision is a pure function that tools and tests call as the live path does")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule decisionsReadNoClockAndNoChance =
            noClasses()
                    .that(resideInAnyPackage(in("topology"), in("routing"), in("failover"), in("balancing"), "io.weir.health"))
                    .should()
                    .accessTargetWhere(readsClockOrChance())
                    .because("time and randomness are parameters: the same input must give the same decision again")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theDataPathIsNoStreamOfEvents =
            noClasses()
                    .that(
                            resideInAnyPackage(
                                    in("http"), in("frontend"), in("exchange"), in("upstream"), in("routing"), in("failover"),
                                    in("balancing"), in("loop"), in("tls")))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("reactor..", "org.reactivestreams.."))
                    .because("Reactor carries rare events of the control plane; a request allocates nothing and changes no thread")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyConfigReadsYaml =
            noClasses()
                    .that(resideOutsideOfPackages(in("config")))
                    .should()
                    .dependOnClassesThat(resideInAPackage("org.snakeyaml.."))
                    .because("everybody else sees validated immutable settings and never a document")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyAdminKnowsTheJsonLibrary =
            noClasses()
                    .that(resideOutsideOfPackages(in("admin")))
                    .should()
                    .dependOnClassesThat(resideInAPackage("tools.jackson.."))
                    .because("nothing of it may be loaded before a process serves, and pages say what they know without a form")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nounsNeedNoLibrary =
            classes()
                    .that(resideInAPackage(in("topology")))
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(in("topology"), "java..", "org.jspecify.annotations.."))
                    .because("everything imports the nouns, and would import their libraries with them")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nobodyNamesInternalsOfTheJdk =
            noClasses()
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("sun..", "com.sun..", "jdk.internal.."))
                    .because("they may go with any release; signals are reached by reflection, with a plan for their absence")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule partsAreWiredByHand =
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .areAssignableTo(ServiceLoader.class)
                    .because("what runs must be readable in one place: no service loader, no plug-in registry")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule namesSayWhatSetsAClassApart =
            noClasses()
                    .should()
                    .haveNameMatching(".*\\.(Default|Abstract)[A-Z][^.]*|.*(Impl|Manager|Helper|Utils?)")
                    .because("a name from the domain tells the reader more than a role in a pattern")
                    .allowEmptyShould(true);

    @ArchTest
    static void everyPackageSaysWhatItIsAndIsNullMarked(JavaClasses all) {
        List<String> silent =
                all.stream()
                        .map(JavaClass::getPackage)
                        .distinct()
                        .filter(p -> !p.getClasses().isEmpty())
                        .filter(p -> p.tryGetPackageInfo().filter(info -> info.isAnnotatedWith(NullMarked.class)).isEmpty())
                        .map(JavaPackage::getName)
                        .toList();
        assertThat(silent).as("packages without a @NullMarked package-info").isEmpty();
    }

    private static DescribedPredicate<JavaAccess<?>> readsClockOrChance() {
        return DescribedPredicate.describe(
                "reads a clock or draws a random number of its own",
                access -> {
                    AccessTarget target = access.getTarget();
                    return switch (target.getOwner().getName()) {
                        case "java.lang.System" ->
                                target.getName().equals("nanoTime") || target.getName().equals("currentTimeMillis");
                        case "java.lang.Math" -> target.getName().equals("random");
                        case "java.time.Instant", "java.time.LocalDateTime", "java.time.ZonedDateTime" ->
                                target.getName().equals("now");
                        case "java.util.concurrent.ThreadLocalRandom" -> target.getName().equals("current");
                        default -> false;
                    };
                });
    }

    private static String[] packages(Stream<String> names) {
        return names.map(ArchitectureTest::in).toArray(String[]::new);
    }

    private static String in(String name) {
        return "io.weir." + name + "..";
    }
}
