// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
public import Registry
public import RegistryRules

/// What an operator asks of a registry, in its own process or another one.
public enum OperatorRequest: Sendable {
    /// Collect garbage.
    case garbage(GarbageOptions)
    /// Read every content again.
    case scrub(ScrubOptions)
    /// Compact the records.
    case compact
    /// Check every tag that a signature rule is about again, and hide those that do not hold if that is wanted.
    case recheck(isHiding: Bool)

    /// What its command is called.
    public var name: String {
        switch self {
        case .garbage: "gc"
        case .scrub: "scrub"
        case .compact: "compact"
        case .recheck: "recheck"
        }
    }

    /// The request as one document.
    var json: JSON {
        func number(_ value: Int64?) -> JSON { value.map { .number(JSONNumber($0)) } ?? .null }
        return switch self {
        case .garbage(let options):
            [
                "do": .string(name), "dryRun": .bool(options.isDryRun), "grace": number(options.grace),
                "untagged": .bool(options.includesUntagged), "trustClock": .bool(options.isClockTrusted),
                "uploadIdle": number(options.uploadIdle),
            ]
        case .scrub(let options): ["do": .string(name), "rate": number(options.bytesPerSecond)]
        case .compact: ["do": .string(name)]
        case .recheck(let isHiding): ["do": .string(name), "hide": .bool(isHiding)]
        }
    }

    /// Reads what `json` wrote; throws `.invalid` for anything else.
    init(json: JSON) throws(Fault) {
        func number(_ key: String) throws(Fault) -> Int64? {
            guard let value = json[key], value != .null else { return nil }
            guard let number = value.int, number >= 0 else { throw Self.wrong(key) }
            return number
        }
        func flag(_ key: String) throws(Fault) -> Bool {
            guard let flag = json[key]?.bool else { throw Self.wrong(key) }
            return flag
        }
        switch json["do"]?.string {
        case "gc":
            var options = GarbageOptions()
            (options.isDryRun, options.grace) = (try flag("dryRun"), try number("grace"))
            (options.includesUntagged, options.isClockTrusted) = (try flag("untagged"), try flag("trustClock"))
            options.uploadIdle = try number("uploadIdle")
            self = .garbage(options)
        case "scrub":
            var options = ScrubOptions()
            options.bytesPerSecond = try number("rate")
            self = .scrub(options)
        case "compact": self = .compact
        case "recheck": self = .recheck(isHiding: try flag("hide"))
        default: throw Self.wrong("do")
        }
    }

    private static func wrong(_ key: String) -> Fault {
        Fault(.invalid, "the request has no “\(key)” that is known here", fix: "use the same version of both programs")
    }

    /// Does it; the report comes as a document.
    ///
    /// - Parameters:
    ///   - signatures: the signature rules of the registry; nil when there are none.
    ///   - progress: told now and then, with what the report would be so far; by a recheck of every tag once, as `tags`,
    ///     which its report does not have.
    public func run(
        on registry: RegistryFolder, signatures: SignatureGuard? = nil,
        progress: @escaping @Sendable (JSON) -> Void = { _ in }
    ) async throws(Fault) -> JSON {
        switch self {
        case .garbage(let options): try await registry.collectGarbage(options) { progress($0.report.json) }.json
        case .scrub(let options): try await registry.scrub(options) { progress($0.json) }.json
        case .compact:
            try await Self.compact(registry)
        case .recheck(let isHiding): try await Self.recheck(signatures, isHiding, progress)
        }
    }

    private static func recheck(
        _ signatures: SignatureGuard?, _ isHiding: Bool, _ progress: @escaping @Sendable (JSON) -> Void
    ) async throws(Fault) -> JSON {
        do {
            return try await signatures?.examine(hiding: isHiding) { findings in
                progress(["tags": .array(findings.map(\.json))])
            }.json ?? SignatureExamination().json
        } catch {
            throw Fault(wrapping: error)
        }
    }

    private static func compact(_ registry: RegistryFolder) async throws(Fault) -> JSON {
        try await registry.compactRecords()
        return [:]
    }
}
