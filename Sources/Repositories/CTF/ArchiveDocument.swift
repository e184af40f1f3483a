// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// What the JSON files of a transport archive beside its blobs have in common.
enum ArchiveDocument {
    /// Reads a file of `schemaVersion` 1; throws `.invalid` for one that is none, `.unsupported` for another version.
    static func parse(_ bytes: [UInt8], source: String) throws(Fault) -> JSON {
        let json = try JSON(parsing: bytes, source: source)
        guard let version = json["schemaVersion"]?.int else { throw invalid(source, "has no schemaVersion") }
        guard version == 1 else {
            throw Fault(
                .unsupported, "\(source) has schemaVersion \(version); only 1 is known",
                fix: "use a newer version of ocm")
        }
        return json
    }

    /// A file that is not what it should be.
    static func invalid(_ source: String, _ what: String) -> Fault {
        Fault(.invalid, "\(source) \(what)", fix: "get the archive again from its origin")
    }
}
