// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents

/// A resource as an operation is given it, which need not be whole: one that was never in a descriptor has no access.
struct StatedResource {
    let json: JSON

    init(_ json: JSON) { self.json = json }

    /// What messages call it.
    var thing: String { "the resource “\(json["name"]?.string ?? "?")”" }

    /// Its digest; nil when it has none.
    func digest() throws(Fault) -> DigestSpecification? { try DigestSpecification.read(json["digest"], of: thing) }

    /// Its access.
    func access() throws(Fault) -> TypedSpecification {
        do { return try TypedSpecification(json["access"] ?? .null) } catch { throw error.during(thing) }
    }

    /// The resource with another access.
    func json(access: JSON) -> JSON {
        var json = json
        json["access"] = access
        return json
    }
}
