// SPDX-License-Identifier: Apache-2.0

public import Documents

/// The settings of a registry as a JSON schema (draft 2020-12): what `RegistryConfiguration` reads, described once for
/// editors, for the reference in the documentation, and for the reader's own check of names.
public enum RegistrySchema {
    /// The names of the settings at the top.
    static var members: [String] { json["properties"]?.object?.keys ?? [] }

    /// The schema.
    public static let json: JSON = object(
        "The settings of a registry.",
        [
            ("root", text("The folder that holds everything.", example: "/var/lib/sovereign/registry")),
            ("listen", text("Where to listen; `:5001` takes all addresses.", example: "127.0.0.1:5001")),
            ("tls", tls), ("access", access), ("limits", limits), ("connections", connections),
            (
                "log",
                object(
                    "What is logged.",
                    [
                        (
                            "requests",
                            choice(
                                "For which requests a line is written: those that change something or were refused, all, "
                                    + "or none.", ["changes", "all", "none"])
                        )
                    ])
            ),
            (
                "drain",
                time(
                    "How long `/readyz` says no before connections are refused at the end, so that whoever balances load "
                        + "can look away.", example: "5s")
            ),
        ])

    private static let tls = object(
        "The certificate. The files are read again when they change, without a restart.",
        [
            ("certificate", text("PEM file with the certificate and those up to its root.", example: "server.pem")),
            ("key", text("PEM file with the private key.", example: "server-key.pem")),
            (
                "clients",
                object(
                    "Certificates of clients.",
                    [
                        ("authorities", text("PEM file with the authorities that vouch for them.", example: "ca.pem")),
                        ("required", flag("Whether clients must show one; otherwise they may.")),
                    ])
            ),
        ])

    private static let access: JSON = .object([
        "type": "object",
        "description": "Who may do what: passwords, tokens, certificates and rules. See “Access”.",
    ])

    private static let limits = object(
        "What is taken and kept.",
        [
            ("blob", size("The most bytes of a blob.", example: "64GiB")),
            ("manifest", size("The most bytes of a manifest; at least 4 MiB.", example: "4MiB")),
            ("uploads", number("How many uploads may be under way.", example: 10_000)),
            ("uploadsPerRepository", number("How many of them one repository may have.", example: 1000)),
            ("freeSpace", size("Bytes of disk that pushes must leave free.", example: "256MiB")),
            ("memory", size("Bytes of manifests and small blobs that are kept in memory.", example: "24MiB")),
            (
                "verifyEvery",
                time(
                    "For how long a file that looks unchanged is believed to be; then it is read and checked again before "
                        + "it is sent.", example: "24h")
            ),
            (
                "quotas",
                .object([
                    "type": "array",
                    "description": "The most bytes of a repository; the first pattern that fits counts.",
                    "items": object(
                        "A quota.",
                        [
                            ("repositories", text("Which repositories.", example: "team-a/**")),
                            ("bytes", size("The most bytes of each of them.", example: "10GiB")),
                        ]),
                ])
            ),
        ])

    private static let connections = object(
        "What clients may take.",
        [
            ("most", number("How many connections may be open.", example: 12_000)),
            ("perAddress", number("How many of them one address may have; 0 for any number.", example: 0)),
            ("head", time("How long a client may take for the head of a request.", example: "30s")),
            ("idle", time("How long nothing may move on a connection.", example: "60s")),
            (
                "leastBytesPerSecond",
                number("What a client must send or take, on the average of `idle`.", example: 128)
            ),
            ("threads", number("How many threads serve connections.", example: 2)),
        ])

    private static func object(_ description: String, _ members: [(String, JSON)]) -> JSON {
        .object([
            "type": "object", "description": .string(description), "additionalProperties": false,
            "properties": .object(JSONObject(members)),
        ])
    }

    private static func leaf(_ type: JSON, _ description: String, _ example: JSON) -> JSON {
        .object(["type": type, "description": .string(description), "examples": .array([example])])
    }

    private static func text(_ description: String, example: String) -> JSON {
        leaf("string", description, .string(example))
    }
    private static func size(_ description: String, example: String) -> JSON {
        leaf(["string", "integer"], description, .string(example))
    }
    private static func time(_ description: String, example: String) -> JSON {
        leaf(["string", "integer"], description, .string(example))
    }
    private static func number(_ description: String, example: Int64) -> JSON {
        leaf("integer", description, .number(JSONNumber(example)))
    }
    private static func flag(_ description: String) -> JSON { leaf("boolean", description, true) }
    private static func choice(_ description: String, _ names: [String]) -> JSON {
        .object([
            "type": "string", "description": .string(description), "enum": .array(names.map { .string($0) }),
            "examples": .array([.string(names[0])]),
        ])
    }
}

extension RegistrySchema {
    /// The reference in the documentation: a table of all settings with their meaning and an example.
    public static var reference: String {
        "| setting | meaning | such as |\n|---|---|---|\n" + rows(json, "").joined()
    }

    private static func rows(_ schema: JSON, _ path: String) -> [String] {
        (schema["properties"]?.object ?? JSONObject()).flatMap { name, member in
            let path = path.isEmpty ? name : "\(path).\(name)"
            let example = member["examples"]?.array?.first.map { "`\($0.string ?? $0.text())`" } ?? ""
            let row = "| `\(path)` | \(member["description"]?.string ?? "") | \(example) |\n"
            return [row] + rows(member, path) + (member["items"].map { rows($0, path + "[]") } ?? [])
        }
    }

    /// A configuration that has every setting with the value of its example: what the schema promises is read.
    public static var example: JSON { example(json) }

    private static func example(_ schema: JSON) -> JSON {
        if let example = schema["examples"]?.array?.first { return example }
        if let items = schema["items"] { return .array([example(items)]) }
        return .object(JSONObject((schema["properties"]?.object ?? JSONObject()).map { ($0, example($1)) }))
    }
}
