// SPDX-License-Identifier: Apache-2.0

internal import Web

/// What a request wants to do, in the words of rules of access.
enum RequestVerb: String, Sendable {
    case get, list, watch, create, update, patch, delete, deletecollection

    /// The verb of a method; nil for methods that mean nothing here.
    init?(_ method: HTTPMethod, hasName: Bool, isWatch: Bool) {
        switch method {
        case .get, .head: self = hasName ? .get : isWatch ? .watch : .list
        case .post: self = .create
        case .put: self = .update
        case .patch: self = .patch
        case .delete: self = hasName ? .delete : .deletecollection
        default: return nil
        }
    }
}
