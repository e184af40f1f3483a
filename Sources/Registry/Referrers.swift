// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
public import Documents
internal import OCI
internal import Storage

/// A manifest that names another one as its subject (distribution specification, “Listing Referrers”).
public struct Referrer: Sendable {
    /// Its digest.
    public let digest: Digest
    /// Its descriptor, with the type of the artifact and the annotations of the manifest.
    public let json: JSON
}

extension RegistryFolder {
    /// The manifests that name a digest as their subject, behind one, in the order of their digests.
    ///
    /// - Parameter artifactType: only those of this type.
    public func referrers(
        of digest: Digest, in repository: RepositoryName, artifactType: String? = nil, after last: Digest? = nil,
        limit: Int
    ) throws(Fault) -> [Referrer] {
        try readers.read { database throws(Fault) in
            guard let id = try RegistryIndex.repository(repository, database) else { return [] }
            let rows = try database.all(
                """
                SELECT contents.digest, contents.size, media_type, artifact_type, annotations
                FROM manifests JOIN contents ON contents.id = manifests.content
                WHERE repository = ?1 AND subject = ?2 AND damaged = 0 AND contents.digest > ?3
                    AND (?4 IS NULL OR artifact_type = ?4)
                ORDER BY contents.digest LIMIT ?5
                """, .integer(id), .text(digest.description), .text(last?.description ?? ""), .text(artifactType),
                .integer(Int64(limit))
            ) { row throws(Fault) in
                (row.text(0), row.integer(1), row.text(2), row.optionalText(3), row.optionalText(4))
            }
            var found: [Referrer] = []
            for (text, size, mediaType, artifactType, annotations) in rows {
                var object: JSONObject = [
                    "mediaType": .string(mediaType), "digest": .string(text), "size": .number(JSONNumber(size)),
                ]
                if let artifactType { object["artifactType"] = .string(artifactType) }
                if let annotations {
                    object["annotations"] = try JSON(parsing: Array(annotations.utf8), source: "annotations")
                }
                found.append(Referrer(digest: try Digest(text), json: .object(object)))
            }
            return found
        }
    }
}
