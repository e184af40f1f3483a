// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
internal import Storage

/// What a repository holds.
public struct RepositoryUsage: Sendable {
    /// The repository.
    public let repository: RepositoryName
    /// The bytes of its blobs and manifests, each counted once.
    public let bytes: Int64
    /// How many blobs, manifests and tags it has.
    public let blobs: Int64, manifests: Int64, tags: Int64
    /// When something was pushed last, in milliseconds since 1970; nil when it has no manifests.
    public let pushed: Int64?
    /// How many bytes it may hold; nil for any number.
    public let quota: Int64?

    /// As a document.
    public var json: JSON {
        var object: JSONObject = [
            "repository": .string(repository.description), "bytes": .number(JSONNumber(bytes)),
            "blobs": .number(JSONNumber(blobs)), "manifests": .number(JSONNumber(manifests)),
            "tags": .number(JSONNumber(tags)),
        ]
        if let pushed { object["pushed"] = .string(Timestamp(seconds: pushed / 1000).description) }
        if let quota { object["quota"] = .number(JSONNumber(quota)) }
        return .object(object)
    }
}

extension RegistryFolder {
    /// What repositories hold, behind one, in the order of their names.
    public func usage(after last: RepositoryName? = nil, limit: Int) throws(Fault) -> [RepositoryUsage] {
        try Self.usage(readers, limits, after: last, limit: limit)
    }

    /// The same of a registry that another process may have: as its index has it at this moment.
    public static func usage(
        of path: String, limits: RegistryLimits = RegistryLimits(), after last: RepositoryName? = nil, limit: Int
    ) throws(Fault) -> [RepositoryUsage] {
        guard FileSystem.exists("\(path)/index.sqlite") else {
            throw Fault(.notFound, "there is no registry in \(path)", fix: "name the folder that it is served from")
        }
        return try usage(SQLiteReaders("\(path)/index.sqlite"), limits, after: last, limit: limit)
    }

    private static func usage(
        _ readers: SQLiteReaders, _ limits: RegistryLimits, after last: RepositoryName?, limit: Int
    ) throws(Fault) -> [RepositoryUsage] {
        try readers.read { database throws(Fault) in
            try database.all(
                """
                SELECT name, bytes, (SELECT count(*) FROM blobs WHERE repository = id),
                    (SELECT count(*) FROM manifests WHERE repository = id),
                    (SELECT count(*) FROM tags WHERE repository = id),
                    (SELECT max(pushed) FROM manifests WHERE repository = id)
                FROM repositories WHERE name > ? ORDER BY name LIMIT ?
                """, .text(last?.description ?? ""), .integer(Int64(limit))
            ) { row throws(Fault) in
                let name = try RepositoryName(row.text(0))
                return RepositoryUsage(
                    repository: name, bytes: row.integer(1), blobs: row.integer(2), manifests: row.integer(3),
                    tags: row.integer(4), pushed: row.optionalInteger(5), quota: limits.quota(name))
            }
        }
    }
}
