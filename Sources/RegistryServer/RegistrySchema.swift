// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
public import Documents

/// The settings of a registry: what `RegistryConfiguration` reads.
public enum RegistrySchema {
    /// The names of the settings at the top.
    static var members: [String] { json["properties"]?.object?.keys ?? [] }

    /// The schema.
    public static let json: JSON = Setting.section(
        "The settings of a registry.",
        [
            ("root", Setting.text("the folder that holds everything")),
            ("listen", Setting.text("where to listen; `:5001` takes all addresses", default: "127.0.0.1:5001")),
            ("tls", tls), ("access", AccessConfiguration.schema), ("limits", limits), ("upkeep", upkeep),
            ("signatures", Setting.list("what must be signed before its tags are shown", signatures, limit: 1000)),
            ("proxies", Setting.list("repositories that are those of other registries", proxies, limit: 1000)),
            ("mirrors", Setting.list("what is brought here from elsewhere, again and again", mirrors, limit: 1000)),
            ("connections", connections),
            (
                "log",
                Setting.section(
                    "What is logged.",
                    [
                        (
                            "requests",
                            Setting.choice(
                                "which requests get a line: those that change something or are refused, all, or none",
                                ["changes", "all", "none"], default: "changes")
                        )
                    ])
            ),
            (
                "drain",
                Setting.time(
                    "how long `/readyz` says no before connections are refused at the end, so that whoever balances load "
                        + "can look away", 0...600, default: "0s")
            ),
        ])

    private static let tls = Setting.section(
        "The certificate; without it the registry speaks plain HTTP. The files are read again when they change.",
        [
            ("certificate", Setting.text("PEM file with the certificate and those up to its root")),
            ("key", Setting.text("PEM file with the private key")),
            (
                "clients",
                Setting.section(
                    "Certificates of clients.",
                    [
                        ("authorities", Setting.text("PEM file with the authorities that vouch for them")),
                        ("required", Setting.flag("whether clients must show one; otherwise they may")),
                    ], required: ["authorities"])
            ),
        ], required: ["certificate", "key"])

    private static let limits = Setting.section(
        "What is taken and kept.",
        [
            ("blob", Setting.size("the most bytes of a blob", 1 << 20...1 << 50, default: "64GiB")),
            ("manifest", Setting.size("the most bytes of a manifest", 4 << 20...64 << 20, default: "4MiB")),
            ("uploads", Setting.number("how many uploads may be under way", 1...1_000_000, default: 10_000)),
            (
                "uploadsPerRepository",
                Setting.number("how many of them one repository may have", 1...1_000_000, default: 1000)
            ),
            (
                "uploadsPerPusher",
                Setting.number(
                    "how many of them a user may have, or an address from which nobody says who they are",
                    1...1_000_000, default: 500)
            ),
            ("freeSpace", Setting.size("bytes of disk that pushes must leave free", 0...1 << 50, default: "256MiB")),
            (
                "memory",
                Setting.size(
                    "bytes of manifests and small blobs that are kept in memory", 0...16 << 30, default: "24MiB")
            ),
            (
                "verifyEvery",
                Setting.time(
                    "for how long a file that looks unchanged is believed to be; then it is read and checked again before "
                        + "it is sent", 3600...8760 * 3600, default: "24h")
            ),
            (
                "quotas",
                Setting.list(
                    "the most bytes of a repository; the first entry that fits counts",
                    Setting.section(
                        "A quota.",
                        [
                            ("repositories", Setting.text("which repositories, such as `team-a/**`")),
                            ("bytes", Setting.size("the most bytes of each of them", 1...1 << 50, default: nil)),
                        ], required: ["repositories", "bytes"]), limit: 1000)
            ),
        ])

    private static let upkeep = Setting.section(
        "When the registry looks after itself.",
        [
            (
                "garbage",
                Setting.section(
                    "What nothing names any more.",
                    [
                        ("every", Setting.time("how often it is collected; 0 for never", year, default: "24h")),
                        ("grace", Setting.time("for how long it stays", year, default: "24h")),
                        (
                            "untagged",
                            Setting.flag("whether manifests that no tag, index or subject keeps are garbage too")
                        ),
                        (
                            "uploads",
                            Setting.time(
                                "after how much time without a byte an upload is given up", 60...8760 * 3600,
                                default: "168h")
                        ),
                    ])
            ),
            (
                "scrub",
                Setting.section(
                    "Reading every content and comparing it with its digest.",
                    [
                        ("every", Setting.time("how often; 0 for never", year, default: "168h")),
                        ("rate", Setting.size("how much is read in a second", 1 << 10...1 << 40, default: "20MiB")),
                    ])
            ),
            (
                "pending",
                Setting.time(
                    "for how long a pushed tag may wait for a signed version before it is removed; 0 for ever", year,
                    default: "168h")
            ),
        ])
    private static let year: ClosedRange<Int64> = 0...8760 * 3600

    private static let signatures = Setting.section(
        "A rule about signatures.",
        [
            ("prefix", Setting.text("whole segments with which repositories' names begin; \"\" for all")),
            (
                "require",
                Setting.list(
                    "signatures that a component version must have, all of them",
                    Setting.section(
                        "A signature.",
                        [
                            ("name", Setting.text("its name; any if it is left out")),
                            ("keys", Setting.names("PEM files with public keys, one of which made it")),
                            ("roots", Setting.names("or PEM files with roots to which its certificate leads")),
                            ("issuer", Setting.text("the distinguished name that its certificate's subject must hold")),
                        ]), limit: 16)
            ),
            ("components", Setting.names("components whose versions may be pushed; all if it is left out")),
            (
                "unverified",
                Setting.choice(
                    "what becomes of tags for which no version vouches yet", ["pending", "refused"], default: "pending")
            ),
            (
                "recursive",
                Setting.flag("whether versions that a version refers to must verify as well", default: true)
            ),
        ], required: ["prefix", "require"])

    private static let proxies = Setting.section(
        "A proxy.",
        [
            ("prefix", Setting.text("where its repositories are here")),
            ("upstream", Setting.text("the registry, with the prefix of its repositories")),
            ("allowed", Setting.names("which of its repositories; all if it is left out")),
            ("credentials", Setting.text("JSON with username and password, or token")),
            ("authority", Setting.text("PEM file with authorities of its certificate")),
            ("fresh", Setting.time("how long a tag is believed without asking again", 0...86_400, default: "5m")),
            (
                "lists",
                Setting.time(
                    "how long a list of tags or referrers is believed without asking again", 0...86_400, default: "1m")
            ),
            (
                "cache",
                Setting.size(
                    "the most bytes that are kept; any number if it is left out", 1 << 20...1 << 50, default: nil)
            ),
        ], required: ["prefix", "upstream"])

    private static let mirrors = Setting.section(
        "A mirror.",
        [
            ("name", Setting.text("how logs call it")),
            ("from", Setting.text("the registry, with the prefix of its repositories")),
            ("folder", Setting.text("or a folder into which archives are put")),
            ("to", Setting.text("what stands in front of names here")),
            ("repositories", Setting.names("which repositories; all if it is left out")),
            ("tags", Setting.names("which tags; all if it is left out")),
            ("versions", Setting.text("only tags that are versions within this, such as `>=1.2 <2`")),
            ("every", Setting.time("how much time lies between two runs", 10...31_536_000, default: "1h")),
            ("prune", Setting.flag("whether tags are removed here that are gone there")),
            ("credentials", Setting.text("JSON with username and password, or token")),
            ("authority", Setting.text("PEM file with authorities of its certificate")),
        ], required: ["name"])

    private static let connections = Setting.section(
        "What clients may take.",
        [
            ("most", Setting.number("how many connections may be open", 1...1_000_000, default: 12_000)),
            (
                "perAddress",
                Setting.number("how many of them one address may have; 0 for any number", 0...1_000_000, default: 0)
            ),
            ("head", Setting.time("how long a client may take for the head of a request", 1...600, default: "30s")),
            ("idle", Setting.time("how long nothing may move on a connection", 1...3600, default: "60s")),
            (
                "leastBytesPerSecond",
                Setting.number("what a client must send or take, on the average of `idle`", 0...1 << 30, default: 128)
            ),
            ("threads", Setting.number("how many threads serve connections", 1...256, default: 2)),
        ])

    /// The reference in the documentation.
    public static var reference: String { Setting.reference(json) }
}
