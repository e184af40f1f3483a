// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import WebServer

/// The options in a request's query, read as strictly as they are meant.
struct QueryValues: Sendable {
    let query: RequestQuery

    func text(_ name: String) -> String? { query[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// As Go's decoder of options has it: `1`, `true` and an empty value are true.
    func flag(_ name: String) throws -> Bool? {
        switch query[name] {
        case nil: nil
        case "", "1", "true", "True", "TRUE", "t", "T": true
        case "0", "false", "False", "FALSE", "f", "F": false
        case let text?: throw APIStatus.badRequest("the value “\(text.prefix(50))” of \(name) is no truth value")
        }
    }

    func number(_ name: String) throws -> Int64? {
        guard let text = text(name) else { return nil }
        guard let number = Int64(text), number >= 0 else {
            throw APIStatus.badRequest("the value “\(text.prefix(50))” of \(name) is no whole number from 0 on")
        }
        return number
    }

    /// `labelSelector`.
    func labels() throws -> LabelSelector {
        guard let text = text("labelSelector") else { return .everything }
        do { return try LabelSelector(text) } catch {
            throw APIStatus.badRequest("unable to parse requirement: \(error.message)")
        }
    }

    /// `fieldSelector`.
    func fields() throws -> FieldSelector {
        guard let text = text("fieldSelector") else { return .everything }
        do { return try FieldSelector(text) } catch {
            throw APIStatus.badRequest("invalid selector: '\(text.prefix(300))'; \(error.message)")
        }
    }
}
