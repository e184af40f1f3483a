// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesPatches
internal import WebServer

/// How an object is to be written.
struct WriteOptions: Sendable {
    /// What becomes of fields that are unknown or given twice.
    enum FieldValidation: String, Sendable { case ignore = "Ignore", warn = "Warn", strict = "Strict" }

    /// Whether everything is done but nothing stored.
    var isDryRun = false
    /// Who owns what is written.
    var manager = "unknown"
    /// Whether the client named the manager.
    var namesManager = false
    var fieldValidation = FieldValidation.warn
    /// Whether an apply takes over what others own.
    var force: Bool?

    init() {}

    /// - Parameter kind: how refusals name the options: `PatchOptions`.
    init(_ query: QueryValues, userAgent: String?, kind: String) throws {
        isDryRun = try Self.dryRun(query.query.values(for: "dryRun"), kind)
        if let name = query.text("fieldManager") {
            if let error = Self.problem(ofManager: name) { throw Self.invalid(error, kind) }
            (manager, namesManager) = (name, true)
        } else {
            manager = FieldManagerName.fromUserAgent(userAgent ?? "")
        }
        if let text = query.text("fieldValidation") {
            guard let known = FieldValidation(rawValue: text) else {
                throw Self.invalid(
                    FieldError(
                        .notSupported, "fieldValidation", value: .string(String(text.prefix(100))),
                        "supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""), kind)
            }
            fieldValidation = known
        }
        force = try query.flag("force")
    }

    /// `dryRun=All`, once or more; nothing else.
    static func dryRun(_ values: [String], _ kind: String) throws -> Bool {
        guard values.allSatisfy({ $0 == "All" }) else {
            let shown = values.prefix(8).map { goQuoted(String($0.prefix(100))) }.joined(separator: ", ")
            throw invalid(
                FieldError(
                    .notSupported, "dryRun", value: nil, valueText: "[]string{\(shown)}", "supported values: \"All\""),
                kind)
        }
        return !values.isEmpty
    }

    private static func problem(ofManager name: String) -> FieldError? {
        do { try FieldManagerName.check(name) } catch {
            guard name.utf8.count <= FieldManagerName.maximumLength else {
                return FieldError(
                    .tooLong, "fieldManager", value: nil, "may not be more than \(FieldManagerName.maximumLength) bytes"
                )
            }
            return FieldError(
                .invalid, "fieldManager", value: .string(name), "should only contain printable characters")
        }
        return nil
    }

    /// 422 for an option that makes no sense.
    static func invalid(_ error: FieldError, _ kind: String) -> APIStatus {
        .invalid(GroupVersionKind("meta.k8s.io", "v1", kind), "", [error])
    }
}
