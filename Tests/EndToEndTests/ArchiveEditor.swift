// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing

/// What an attacker with write access does to an archive: a folder in the common transport format.
struct ArchiveEditor {
    let folder: String

    func path(_ digest: Digest) -> String { "\(folder)/blobs/\(digest.algorithm.rawValue).\(digest.hex)" }
    func bytes(_ digest: Digest) throws -> [UInt8] { try FileSystem.read(path(digest), limit: 16 << 20) }
    var indexPath: String { "\(folder)/artifact-index.json" }

    func index() throws -> String { String(decoding: try FileSystem.read(indexPath, limit: 1 << 20), as: UTF8.self) }

    /// Changes a blob where it lies; its name stays.
    func edit(_ digest: Digest, _ change: (inout [UInt8]) -> Void) throws {
        var content = try bytes(digest)
        change(&content)
        try overwrite(path(digest), content)
    }

    /// Changes the index of the archive.
    func editIndex(_ change: (String) -> String) throws {
        let old = try index(), new = change(old)
        #expect(new != old, "the edit must change the index")
        try overwrite(indexPath, Array(new.utf8))
    }

    /// The digest of the descriptor of a component version, and its text.
    func descriptor(_ component: String) throws -> (digest: Digest, text: String) {
        var digest = try manifest(of: component, "1.0.0")
        var document = try JSON(parsing: bytes(digest), source: "the manifest")
        if let first = document["manifests"]?.array?.first?["digest"]?.string {
            digest = try Digest(first)
            document = try JSON(parsing: bytes(digest), source: "the manifest")
        }
        guard let layer = document["layers"]?.array?.first?["digest"]?.string else {
            throw Fault(.notFound, "no descriptor of \(component) in \(folder)")
        }
        digest = try Digest(layer)
        return (digest, String(decoding: try bytes(digest), as: UTF8.self))
    }

    /// The digest that the tag of a component version points to.
    func manifest(of component: String, _ tag: String) throws -> Digest {
        let text = try index()
        guard let tagged = text.firstRange(of: #""repository":"component-descriptors/\#(component)","tag":"\#(tag)","#),
            let start = text[tagged.upperBound...].firstRange(of: #""digest":""#)
        else { throw Fault(.notFound, "no tag \(tag) of \(component)") }
        return try Digest(String(text[start.upperBound...].prefix { $0 != "\"" }))
    }

    /// Changes what the tag 1.0.0 of a component points to, and the tag with it.
    func forgeManifest(of component: String, _ change: (String) -> String) throws {
        let digest = try manifest(of: component, "1.0.0")
        let text = String(decoding: try bytes(digest), as: UTF8.self)
        let new = change(text)
        #expect(new != text, "the edit must change the manifest")
        try substitute(digest, Array(new.utf8))
    }

    /// Changes a descriptor and all that names its digest, so that only the signature can tell.
    func forgeDescriptor(_ component: String, _ change: (String) -> String) throws {
        let (digest, text) = try descriptor(component)
        let new = change(text)
        #expect(new != text, "the edit must change the descriptor")
        try substitute(digest, Array(new.utf8))
    }

    /// Changes where a resource's content is said to be; accesses are not signed.
    func forgeAccess(of resource: String, in component: String, _ access: String) throws {
        try forgeDescriptor(component) { text in
            guard let name = text.firstRange(of: #""name":"\#(resource)""#),
                let start = text[..<name.lowerBound].ranges(of: #""access":"#).last,
                let end = text[start.upperBound...].firstIndex(of: "}")
            else { return text }
            return text[..<start.upperBound] + access + text[text.index(after: end)...]
        }
    }

    /// The digest of a resource's blob as the descriptor names it.
    func blob(of resource: String, in component: String) throws -> Digest {
        let text = try descriptor(component).text
        let json = try JSON(parsing: Array(text.utf8), source: "the descriptor")
        for item in json["component"]?["resources"]?.array ?? [] where item["name"]?.string == resource {
            return try Digest("sha256:" + (item["digest"]?["value"]?.string ?? ""))
        }
        throw Fault(.notFound, "no resource \(resource)")
    }

    /// Puts other bytes in the place of a blob and changes all that names its digest, up to the index.
    ///
    /// Descriptors name resources too; with `descriptors` they are forged as well.
    func substitute(_ old: Digest, _ new: [UInt8], descriptors: Bool = true) throws {
        let size = try bytes(old).count
        let digest = Digest(of: new)
        try FileSystem.write(new, to: path(digest))
        // What has been changed on the way up one path has another digest on the next, so each time all are searched.
        while let (parent, text) = try documents().first(where: { parent, text in
            text.contains(old.hex) && parent != digest && (descriptors || !text.hasPrefix(#"{"component":"#))
        }) {
            let changed =
                text
                .replacing(#""digest":"\#(old)","size":\#(size)"#, with: #""digest":"\#(digest)","size":\#(new.count)"#)
                .replacing(old.hex, with: digest.hex)
            try substitute(parent, Array(changed.utf8), descriptors: descriptors)
        }
        try overwrite(indexPath, Array(try index().replacing(old.hex, with: digest.hex).utf8))
        if old != digest { try FileSystem.removeFile(path(old)) }
    }

    private func documents() throws -> [(Digest, String)] {
        try FileSystem.names(in: "\(folder)/blobs").sorted().compactMap { name in
            let digest = try Digest(name.replacing("sha256.", with: "sha256:"))
            let content = try bytes(digest)
            return content.first == UInt8(ascii: "{") ? (digest, String(decoding: content, as: UTF8.self)) : nil
        }
    }

    private func overwrite(_ path: String, _ content: [UInt8]) throws {
        try FileSystem.removeFile(path)
        try FileSystem.write(content, to: path)
    }
}
