// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography
internal import Documents
internal import Web

extension NPMRegistry {
    /// Publishes a packed package: reads it twice, once for its description and hashes, once to send it.
    ///
    /// The name and version are those of `package.json` in it; `expected` must be the same when it is given. A version
    /// that is there with the same bytes is left as it is, with other bytes it is a `.conflict`. The file travels as
    /// Base64 in a JSON document, which is made while it is sent.
    /// - Parameter tag: what points to the version afterwards, `latest` by default.
    /// - Returns: what came of it, and the package.
    @discardableResult public func publish(
        _ content: PackageContent, expected: NPMPackage? = nil, tag: String = "latest"
    ) async throws -> (outcome: PublishOutcome, package: NPMPackage) {
        guard HTTPToken.isValid(tag), SemanticVersion(tag) == nil else {
            throw Fault(.invalid, "“\(tag.prefix(100))” is no tag", fix: "use a word such as latest")
        }
        let packed = try await PackedNPMPackage(reading: content, limit: Self.fileLimit)
        let package = packed.package
        guard expected == nil || expected == package else {
            throw Fault(
                .invalid, "the file holds the npm package \(package), not \(expected?.description ?? "")",
                fix: "give the coordinates of the package that is in the file")
        }
        if let known = try await packument(package.name)?.distribution(of: package) {
            let isSame = known.integrity == .digest(packed.sha512) || known.integrity == .sha1(packed.sha1 ?? "-")
            if isSame { return (.alreadyThere, package) }
            throw Fault(
                .conflict, "npm package \(package) is in \(url.redacted) already, with other content",
                fix: "publish under another version; what was released stays as it is")
        }
        let document = try document(packed, tag)
        let size = Int64(document.before.count + document.after.count) + (packed.size + 2) / 3 * 4
        let request = HTTPRequest(
            method: .put, url: try address(of: package.name), headers: ["Content-Type": "application/json"],
            body: .stream(
                length: size,
                open: {
                    .concatenating([
                        { ByteStream(document.before) },
                        {
                            try await content.openToSend().verified(
                                digest: packed.sha512, size: packed.size, of: "npm package \(package)"
                            ).base64Encoded()
                        },
                        { ByteStream(document.after) },
                    ])
                }))
        let response = try await connection.send(request, .npm)
        guard (200..<300).contains(response.status) else {
            throw await PackageConnection.fault(response, request, "npm package \(package)")
        }
        return (.published, package)
    }

    /// The two halves of the document around the file.
    private func document(_ packed: PackedNPMPackage, _ tag: String) throws -> (before: [UInt8], after: [UInt8]) {
        let package = packed.package
        var manifest = packed.manifest
        var distribution: JSON = [
            "integrity": .string("sha512-\(packed.sha512.bytes.base64)"),
            "tarball": .string("\(try address(of: package.name).redacted)/-/\(package.fileName)"),
        ]
        if let sha1 = packed.sha1 { distribution["shasum"] = .string(sha1) }
        manifest["_id"] = .string(package.description)
        manifest["dist"] = distribution
        let mark = "@"
        var document: JSON = [
            "_id": .string(package.name), "name": .string(package.name), "dist-tags": [:], "versions": [:],
        ]
        document["description"] = manifest["description"]
        document["dist-tags"]?[tag] = .string(package.version)
        document["versions"]?[package.version] = manifest
        // The last member of the document, so that the file's place is found from the end.
        let file: JSON = [
            "content_type": "application/octet-stream", "length": .number(JSONNumber(packed.size)),
            "data": .string(mark),
        ]
        document["_attachments"] = .object([package.attachmentName: file])
        let bytes = document.encoded()
        let end = "\(mark)\"}}}".utf8.count
        precondition(bytes.suffix(end).elementsEqual("\(mark)\"}}}".utf8), "the file is not the last of the document")
        return (Array(bytes.dropLast(end)), Array(bytes.suffix(end - mark.utf8.count)))
    }
}

/// A packed package with its description and hashes.
struct PackedNPMPackage: Sendable {
    let package: NPMPackage
    let manifest: JSON
    let size: Int64
    let sha512: Digest
    let sha1: String?

    /// Reads all of it. Throws `.invalid` when it has no `package.json` in its top folder, or a member that leads out.
    init(reading content: PackageContent, limit: Int64) async throws {
        let hashes = NPMHashes()
        let source = try await content.open().limited(to: limit, of: "the npm package")
        let stream = ByteStream {
            guard let chunk = try await source.next() else { return nil }
            hashes.update(chunk)
            return chunk
        }
        let reader = TarReader(stream.gunzipped(source: "the npm package"), source: "the npm package")
        var found: [UInt8]?
        while let entry = try await reader.next() {
            let parts = entry.path.split(separator: "/")
            guard found == nil, parts.count == 2, parts[1] == "package.json", entry.kind == .file else { continue }
            found = try await reader.content().collect(limit: 1024 * 1024, of: "package.json")
        }
        // What follows the archive counts for the hashes as well.
        while try await stream.next() != nil {}
        guard let found else {
            throw Fault(
                .invalid, "the file is no npm package: it has no package.json in its top folder",
                fix: "pack it with `npm pack`")
        }
        manifest = try JSON(parsing: found, source: "package.json")
        package = try NPMPackage(
            name: manifest["name"]?.string ?? "", version: manifest["version"]?.string ?? "")
        (size, sha512, sha1) = hashes.end()
    }
}

/// Counts and hashes what passes.
private final class NPMHashes: @unchecked Sendable {
    // Proof of Sendable: a stream has one reader, who waits for a chunk before asking for the next; that orders all
    // accesses, and `end` is called by that reader.
    private var sha512: DigestHasher? = DigestHasher(.sha512)
    private var sha1: LegacyChecksumHasher? = LegacyChecksumHasher(.sha1)
    private var size: Int64 = 0

    func update(_ chunk: Chunk) {
        sha512?.update(chunk)
        sha1?.update(chunk)
        size += Int64(chunk.count)
    }

    func end() -> (Int64, Digest, String?) {
        let digest = sha512.take()?.finalize() ?? Digest(of: [], algorithm: .sha512)
        return (size, digest, sha1.take()?.finalize())
    }
}

extension ByteStream {
    /// The bytes as Base64 with padding.
    func base64Encoded() -> ByteStream {
        let held = Guarded<[UInt8]>([])
        return ByteStream {
            while let chunk = try await next() {
                let whole = held.withLock { held in
                    let all = held + chunk
                    held = Array(all.suffix(all.count % 3))
                    return Array(all.dropLast(all.count % 3))
                }
                if !whole.isEmpty { return Array(whole.base64.utf8)[...] }
            }
            let rest = held.withLock { held in
                defer { held = [] }
                return held
            }
            return rest.isEmpty ? nil : Array(rest.base64.utf8)[...]
        }
    }
}
