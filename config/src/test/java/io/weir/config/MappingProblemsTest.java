package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.ORDERS;
import static io.weir.config.Configs.assertProblems;
import static io.weir.config.Configs.read;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be wrong with a mapping by itself and beside others. */
class MappingProblemsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "host: \"*.a.*\", app: orders | 2: mappings[0].host: must be a host name, is \"*.a.*\"; write *.example.com, or captures in labels as in {app}.example.com",
        "host: \"{a.b\", app: orders | 2: mappings[0].host: a { is not closed",
        "host: \"{a}{b}.x\", app: orders | 2: mappings[0].host: {b} follows another capture directly: put something between them",
        "host: \"{A}.x\", app: orders | 2: mappings[0].host: a capture must be named in lower-case letters, digits and hyphens, as in {app}, is {A}",
        "path: orders, app: orders | 2: mappings[0].path: must begin with /, is \"orders\"",
        "path: /a//b, app: orders | 2: mappings[0].path: must not hold //, is \"/a//b\"; write each / once",
        "path: /a/../b, app: orders | 2: mappings[0].path: must not hold . or .. as a segment, is \"/a/../b\"; paths are matched without them",
        "path: /a%62, app: orders | 2: mappings[0].path: holds what is in no path: \"/a%62\"; write letters, digits and - . _ ~ themselves, and other characters as %20",
        "path: \"/a?b\", app: orders | 2: mappings[0].path: holds what is in no path: \"/a?b\"; write it as %20, without a query",
        "path: \"/{a}/{a}\", app: orders | 2: mappings[0].path: captures {a} twice; give each capture a name of its own",
        "path: \"/{rest}\", app: orders | 2: mappings[0].path: {rest} has a meaning of its own in redirects; give the capture another name",
        "app: \"{ap}\", path: \"/{app}\" | 2: mappings[0].app: nothing captures {ap}; did you mean app?",
        "app: \"{app}\" | 2: mappings[0].app: nothing captures {app}; its host and path capture nothing",
        "app: \"{a}_b\", path: \"/{a}\" | 2: mappings[0].app: cannot be the name of an app: \"{a}_b\"; use a-z, 0-9 and inner hyphens beside captures",
        "app: orders, region: mars | 2: mappings[0].region: there is no region mars; define it under regions",
        "app: orders, rewrite: x | 2: mappings[0].rewrite: must begin with /, is \"x\"",
        "app: orders, rewrite: \"/{x}\" | 2: mappings[0].rewrite: nothing captures {x}; its host and path capture nothing",
        "app: orders, mend: on | 2: mappings[0].mend: does nothing without rewrite; remove it",
        "app: orders, rewrite: /, mend: true | 2: mappings[0].mend: cannot be \"true\"; write one of on, off",
        "respond: 404, rewrite: / | 2: mappings[0].rewrite: goes with app alone; remove it",
        "respond: 199 | 2: mappings[0].respond: must be between 200 and 599, is 199",
        "redirect: \"ftp://x/\" | 2: mappings[0].redirect: must be an http or https URL or begin with /, is \"ftp://x/\"; as in https://www.example.com/{rest} or /new/{rest}",
        "redirect: \"//x/\" | 2: mappings[0].redirect: must be an http or https URL or begin with /, is \"//x/\"; as in https://www.example.com/{rest} or /new/{rest}",
        "redirect: \"https://{rest}\" | 2: mappings[0].redirect: {rest} must stand at the end of the path, behind a /; as in https://www.example.com/{rest}",
        "redirect: \"https://x{rest}\" | 2: mappings[0].redirect: {rest} must stand at the end of the path, behind a /; as in https://www.example.com/{rest}",
        "redirect: {to: /x, status: 300} | 2: mappings[0].redirect.status: cannot be \"300\"; write one of 301, 302, 303, 307, 308",
        "app: orders, respond: 404 | 1: mappings[0]: has app and respond; keep one of them",
        "host: \"*.cloudhub.example\", app: orders | 1: mappings[0]: takes mistyped app domains to one app; name the host exactly, or use a capture of the host in app",
    })
    void ofOneMapping(String entry, String problem) {
        String key = problem.substring(0, problem.indexOf(':'));
        String text = LEAST + ORDERS + "mappings: [{" + entry + "}]\n";
        org.assertj.core.api.Assertions.assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> ConfigReader.read("weir.yaml", text))
                .satisfies(e -> assertThat(e.problems())
                        .singleElement()
                        .satisfies(found -> {
                            assertThat(found.line()).isEqualTo(11);
                            assertThat(found.column()).as("inside its mapping").isGreaterThan(key.equals("1") ? 11 : 12);
                            assertThat(found).asString().endsWith(problem.substring(3));
                        }));
    }

    @Test
    void aMappingLeadsSomewhere() {
        assertProblems(LEAST + ORDERS + "mappings: [{host: a.example}]\n", "11:12: mappings[0].app: is missing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "path: /a               | path: /a/",
        "path: /a               | path: /a/b",
        "path: \"/{x}\"        | path: /a/b",
        "path: \"/{x}\"        | path: \"/v{y}\"",
        "host: \"*.example.com\" | host: a.example.com",
        "host: \"*.example.com\" | host: \"{a}.example.com\"",
        "host: \"*.example.com\" | host: \"*.a.example.com\"",
        "host: \"{a}.example.com\" | host: b.example.com",
        "host: \"{a}.example.com\" | host: \"{b}.example.com\"",
        "path: /                | host: \"*.example.com\"",
        "host: a.example        | host: A.example, path: /x",
    })
    void oneThatComesTooLate(String first, String second) {
        assertProblems(
                LEAST + ORDERS + "mappings:\n  - {app: orders, " + first + "}\n  - {app: orders, " + second + "}\n",
                "13:5: mappings[1]: never matches; the mapping in line 12 takes all that it could; put this one before it");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "app: orders, path: /a                  | app: orders, path: /ab",
        "app: orders, path: /a/b                | app: orders, path: /a",
        "app: orders, path: \"/{x}\"          | app: orders, path: \"/%20\"",
        "app: orders, path: \"/{x}\"          | app: orders",
        "app: \"{x}\", path: \"/{x}\"       | app: orders, path: /a",
        "app: orders, host: \"*.example.com\" | app: orders, host: example.com",
        "app: orders, host: \"{a}.example.com\" | app: orders, host: \"*.example.com\"",
        "app: orders, host: \"{a}.example.com\" | app: orders, host: b.c.example.com",
        "app: orders                            | respond: 404, host: \"*.cloudhub.example\"",
        "app: orders                            | app: \"{a}\", host: \"{a}.example\"",
        "redirect: \"https://{host}/{rest}\"  | app: orders",
    })
    void oneThatStillGetsSomething(String first, String second) {
        assertThat(read(LEAST + ORDERS + "mappings: [{" + first + "}, {" + second + "}]\n").mappings()).hasSize(2);
    }
}
