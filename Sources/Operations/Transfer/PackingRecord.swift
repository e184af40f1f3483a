// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Cryptography
internal import Documents
public import Repositories
public import Transfer

/// How the archives of a generated specification are written, as its record keeps it, and what that was found out from.
///
/// What the receiver is taken to have is not written down: it is found out again, and must have the same digest.
public struct PackingRecord: Sendable {
    let packing: ArchivePacking
    let roots: [ComponentVersionIdentity]
    let lookup: [RepositoryLocator]
    /// What is carried; of an earlier version the same counts as there.
    let options: TransferOptions
    let assumed: Digest?

    /// Describes how archives are written.
    ///
    /// - Parameters:
    ///   - roots: the versions that are carried, without those that they refer to.
    ///   - lookup: the repositories to look for what the source lacks.
    ///   - assumed: what the receiver is taken to have.
    public init(
        _ packing: ArchivePacking, roots: [ComponentVersionIdentity], lookup: [RepositoryLocator],
        options: TransferOptions, assumed: AssumedBlobs?
    ) {
        (self.packing, self.roots, self.lookup, self.options) = (packing, roots, lookup, options)
        self.assumed = assumed?.digest
    }

    /// Reads the part of a record; one that says nothing writes whole archives.
    ///
    /// Throws `invalid` for a member of another form: what is passed over would change what is written.
    init(_ json: JSON) throws(Fault) {
        var packing = ArchivePacking(), options = TransferOptions()
        packing.format = try Self.text("fileFormat", json).map { text throws(Fault) in try ArchiveFormat(named: text) }
        if let size = json["volumeSize"] {
            guard let bytes = size.int, bytes > 0 else { throw Self.wrong("volumeSize") }
            packing.volumeSize = bytes
        }
        packing.since = try Self.text("since", json).map { text throws(Fault) in try ComponentVersion(text) }
        for item in try Self.list("have", json) {
            guard let file = item["file"]?.string, let digest = item["digest"]?.string else { throw Self.wrong("have") }
            packing.inventories.append(ArchivePacking.PinnedInventory(file: file, digest: try Digest(digest)))
        }
        packing.makesDeltas = try Self.flag("deltas", json)
        options.isRecursive = try Self.flag("recursive", json)
        if let text = try Self.text("copyResources", json) {
            guard let copied = TransferOptions.CopyResources(rawValue: text) else { throw Self.wrong("copyResources") }
            options.copyResources = copied
        }
        options.copiesSources = try Self.flag("copySources", json)
        for item in try Self.list("omitAccessTypes", json) {
            guard let type = item.string else { throw Self.wrong("omitAccessTypes") }
            options.omittedAccessTypes.insert(type)
        }
        var roots: [ComponentVersionIdentity] = [], lookup: [RepositoryLocator] = []
        for item in try Self.list("roots", json) { roots.append(try ComponentVersionIdentity(of: item)) }
        for item in try Self.list("lookup", json) { lookup.append(try RepositoryLocator(json: item)) }
        assumed = try Self.text("assumed", json).map { text throws(Fault) in try Digest(text) }
        guard (assumed != nil) == packing.isDifference else { throw Self.wrong("assumed") }
        (self.packing, self.options, self.roots, self.lookup) = (packing, options, roots, lookup)
    }

    private static func text(_ name: String, _ json: JSON) throws(Fault) -> String? {
        guard let member = json[name] else { return nil }
        guard let text = member.string else { throw wrong(name) }
        return text
    }

    private static func flag(_ name: String, _ json: JSON) throws(Fault) -> Bool {
        guard let member = json[name] else { return false }
        guard let flag = member.bool else { throw wrong(name) }
        return flag
    }

    private static func list(_ name: String, _ json: JSON) throws(Fault) -> [JSON] {
        guard let member = json[name] else { return [] }
        guard let list = member.array else { throw wrong(name) }
        return list
    }

    private static func wrong(_ member: String) -> Fault {
        Fault(.invalid, "'packing' has no valid '\(member)'")
    }

    /// The part of a record; nil when there is nothing to say.
    var json: JSON? {
        var json = JSONObject()
        if let format = packing.format { json["fileFormat"] = .string(format.rawValue) }
        if let size = packing.volumeSize { json["volumeSize"] = .number(JSONNumber(size)) }
        if !lookup.isEmpty { json["lookup"] = .array(lookup.map(\.json)) }
        guard let assumed else { return json.isEmpty ? nil : .object(json) }
        if let since = packing.since { json["since"] = .string(since.text) }
        if !packing.inventories.isEmpty {
            json["have"] = .array(
                packing.inventories.map { ["file": .string($0.file), "digest": .string($0.digest.description)] })
        }
        if packing.makesDeltas { json["deltas"] = true }
        json["assumed"] = .string(assumed.description)
        json["roots"] = .array(
            roots.map { ["component": .string($0.name.text), "version": .string($0.version.text)] })
        json["recursive"] = .bool(options.isRecursive)
        json["copyResources"] = .string(options.copyResources.rawValue)
        json["copySources"] = .bool(options.copiesSources)
        if !options.omittedAccessTypes.isEmpty {
            json["omitAccessTypes"] = .array(options.omittedAccessTypes.sorted().map { .string($0) })
        }
        return .object(json)
    }
}
