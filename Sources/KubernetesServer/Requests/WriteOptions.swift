// SPDX-License-Identifier: Apache-2.0

internal import Basics
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

    init(_ query: QueryValues, userAgent: String?) throws {
        isDryRun = try Self.dryRun(query.query.values(for: "dryRun"))
        if let name = query.text("fieldManager") {
            do { try FieldManagerName.check(name) } catch {
                throw Self.invalid("fieldManager", error.message, value: name)
            }
            (manager, namesManager) = (name, true)
        } else {
            manager = FieldManagerName.fromUserAgent(userAgent ?? "")
        }
        if let text = query.text("fieldValidation") {
            guard let known = FieldValidation(rawValue: text) else {
                throw Self.invalid(
                    "fieldValidation", "Unsupported value: \"\(text)\": supported values: \"Ignore\", \"Strict\", \"Warn\"",
                    value: text, reason: "FieldValueNotSupported")
            }
            fieldValidation = known
        }
        force = try query.flag("force")
    }

    /// `dryRun=All`, once or more; nothing else.
    static func dryRun(_ values: [String]) throws -> Bool {
        for value in values where value != "All" {
            throw invalid(
                "dryRun", "Unsupported value: \"\(value)\": supported values: \"All\"", value: value,
                reason: "FieldValueNotSupported")
        }
        return !values.isEmpty
    }

    static func invalid(
        _ field: String, _ message: String, value: String, reason: String = "FieldValueInvalid",
        kind: GroupVersionKind = GroupVersionKind("meta.k8s.io", "v1", "PatchOptions")
    ) -> APIStatus {
        .invalid(kind, "", [APIStatus.Cause(reason: reason, message, field: field)])
    }
}
