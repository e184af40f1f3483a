// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents
public import Repositories

extension TransferOptions {
    /// What a transfer does by a configuration: `transfer.config.ocm.software` of the newer tools and
    /// `transport.ocm.config.ocm.software` of the older ones, later entries last.
    ///
    /// - Throws: `invalid` for a depth, a mode or a type that is none, naming where it stands.
    public init(_ configuration: Configuration) throws(Fault) {
        self.init()
        for entry in configuration.entries("transport.ocm.config.ocm.software") {
            func isSet(_ name: String) -> Bool { entry.json[name]?.bool == true }
            if isSet("recursive") { isRecursive = true }
            if isSet("localResourcesByValue") { copyResources = .local }
            if isSet("resourcesByValue") { copyResources = .all }
            if isSet("sourcesByValue") { copiesSources = true }
            if isSet("overwrite") { existing = .replace }
            if isSet("stopOnExistingVersion") { stopsOnExisting = true }
            let omitted = entry.json["omitAccessTypes"]?.array ?? []
            omittedAccessTypes.formUnion(omitted.compactMap(\.string))
        }
        for entry in configuration.entries("transfer.config.ocm.software") { try read(entry) }
    }

    private mutating func read(_ entry: Configuration.Entry) throws(Fault) {
        // Tools write a depth, and wrote whether.
        if let isSet = entry.json["recursive"]?.bool {
            isRecursive = isSet
        } else if let depth = entry.json["recursive"]?.int {
            guard depth == 0 || depth == -1 else {
                throw Fault(
                    .invalid, "\(entry.source): “recursive” is \(depth)", fix: "write 0, or -1 for all levels")
            }
            isRecursive = depth == -1
        }
        switch entry.json["copyMode"]?.string {
        case nil: break
        case "localBlob"?: copyResources = .localBlobs
        case "allResources"?: copyResources = .all
        case let other?:
            throw Fault(
                .invalid, "\(entry.source): “\(other)” is no copyMode", fix: "write localBlob or allResources")
        }
        if let text = entry.json["uploadType"]?.string {
            guard let upload = UploadAs(rawValue: text) else {
                throw Fault(
                    .invalid, "\(entry.source): “\(text)” is no uploadType", fix: "write localBlob or ociArtifact")
            }
            uploadAs = upload
        }
    }
}
