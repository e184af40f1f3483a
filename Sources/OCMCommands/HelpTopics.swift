// SPDX-License-Identifier: Apache-2.0

internal import CELLibraries
internal import CommandLineKit
internal import Repositories

/// What `ocm help TOPIC` knows besides the commands.
enum HelpTopics {
    static let all: [HelpTopic] = [references, formats, credentials, inputs, expressions, environment, exitCodes]

    private static let references = HelpTopic(
        "references", abstract: "How component versions and repositories are written",
        text: """
            A component version is [TYPE::]REPOSITORY//COMPONENT[:VERSION][@DIGEST].

              ghcr.io/acme//acme.org/app:1.0.0          in a registry, below the path acme
              localhost:5000//acme.org/app:1.0.0        plain HTTP, because it is this machine
              http://registry.lan:5000//acme.org/app    plain HTTP, because it is asked for
              ./archive//acme.org/app:1.0.0             in an archive: folder, .tar or .tgz
              ./archive.tar.vol001//acme.org/app:1.0.0  in volumes: one of them, their folder, or a pattern
              ctf::archive//acme.org/app                the same as ./archive, where the name looks like a host
              ca::./component-archive                   a component archive of the older tools, read only

            Without a version a command takes all versions or the newest, as its help says. With a digest the stored
            manifest must have it.
            """)

    private static let formats = HelpTopic(
        "formats", abstract: "What -o gives",
        text: """
            text, table, wide and tree are for people and may change. json, yaml and ndjson are for programs: their
            keys stay as they are. Answers go to stdout; progress, notes and errors go to stderr.
            """)

    private static let credentials = HelpTopic(
        "credentials", abstract: "Where credentials come from",
        text: """
            For a registry, the first of these that has one: the best matching consumer in the configuration
            (`ocm config view`), then the Docker configuration with its credential helpers. A credential is sent to the
            scheme, host and port it was configured for and to no other; a redirect elsewhere loses it.

              type: generic.config.ocm.software/v1
              configurations:
              - type: credentials.config.ocm.software
                consumers:
                - identity: {type: OCIRegistry, hostname: ghcr.io, pathprefix: acme}
                  credentials:
                  - {type: Credentials, properties: {username: u, password: p}}
                - identity: {type: RSA/v1alpha1, algorithm: RSASSA-PSS, signature: default}
                  credentials:
                  - {type: Credentials/v1, properties: {private_key_pem_file: key.pem, public_key_pem_file: key.pub}}

            `path` is a pattern over the whole path, `pathprefix` compares whole segments; the longest match wins.
            """)

    private static let inputs = HelpTopic(
        "inputs", abstract: "Which inputs and accesses a constructor may use",
        text: """
            Inputs:   \(InputMethods.known.map(\.name).joined(separator: ", "))
            Accesses: \(AccessMethods.known.map(\.name).joined(separator: ", "))

            Paths of inputs start at the constructor's folder and may not leave it; --input-root names a wider one.
            """)

    private static let expressions = HelpTopic(
        "expressions", abstract: "How `ocm cel` evaluates and checks expressions",
        text: """
            Expressions are written in the Common Expression Language. A profile says whose they are, and with that
            which libraries they have and how strict they are read:

            \(Profile.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

            A variable comes from --var NAME=VALUE, where the value is YAML, JSON or else text, and @FILE reads a
            document; or from --input FILE, whose members become variables, or with --as NAME all of it one.

              ocm cel eval 'spec.replicas * 2' --input deployment.yaml
              ocm cel check 'spec.replica > 1' --input deployment.yaml      finds the misspelled field
              ocm cel eval 'db.ready && n > 1' --var n=3 --unknown db       says what has to be known first
              ocm cel repl --profile kro --var schema=@instance.yaml        line by line, with completion
              ocm cel functions split --profile kro                         functions with their signatures

            `ocm cel eval` learns the types of variables when the expression runs; `ocm cel check` takes them from the
            values. --schema NAME=FILE and --declare NAME=TYPE count for both; a type is one of int, uint, double,
            bool, string, bytes, timestamp, duration, null, dyn, list(T), map(K, V), optional(T), wrapper(T), or of a
            library.
            """)

    private static let exitCodes = HelpTopic(
        "exit-codes", abstract: "How the program ends",
        text: ExitCode.meanings.map { entry in
            let number = "\(entry.code.rawValue)"
            return "\(number)\(String(repeating: " ", count: 5 - number.count))\(entry.meaning)"
        }.joined(separator: "\n"))

    private static let environment = HelpTopic(
        "environment", abstract: "Environment variables",
        text: """
            OCM_CONFIG       a configuration file, read before the usual ones
            OCM_PROGRESS     how progress is shown: auto, tty, plain, json, none
            OCM_PLUGIN_DIR   folders of plug-ins, separated by colons
            OCM_PASSWORD     the password for `ocm login`
            DOCKER_CONFIG    the folder of Docker's config.json
            XDG_CONFIG_HOME  where configurations are looked for besides the home folder
            XDG_STATE_HOME   where journals of unfinished transfers are kept, instead of ~/.local/state
            SSL_CERT_FILE    certificates of trusted authorities, as PEM
            TMPDIR           the folder for large temporary files
            NO_COLOR, CLICOLOR_FORCE   never or always use colour
            """)
}
