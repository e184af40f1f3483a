// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography

/// Reads a component archive of the older tools: one component version in a folder, a tar or a compressed tar.
public final class ComponentArchiveReader: Sendable {
    /// The path of the archive, for messages.
    public let name: String
    /// The component descriptor as it is written there, YAML or JSON.
    public let descriptor: [UInt8]
    private let content: ArchiveContent

    /// The name of the file with the descriptor.
    public static let descriptorFileName = "component-descriptor.yaml"
    private static let descriptorLimit = 64 * 1024 * 1024

    /// Opens an archive; throws `.invalid` when there is no descriptor in it.
    ///
    /// - Parameter temporaryFolder: where a compressed archive takes space while it is open.
    public static func open(path: String, temporaryFolder: String? = nil) async throws -> ComponentArchiveReader {
        let (content, _) = try await ArchiveContent.open(path, temporaryFolder: temporaryFolder)
        guard let descriptor = try content.read(descriptorFileName, limit: descriptorLimit) else {
            throw Fault(
                .invalid, "\(path) is no component archive: it has no \(descriptorFileName)",
                fix: "check the path; a transport archive is named as ctf::\(path)")
        }
        return ComponentArchiveReader(name: path, descriptor: descriptor, content: content)
    }

    private init(name: String, descriptor: [UInt8], content: ArchiveContent) {
        (self.name, self.descriptor, self.content) = (name, descriptor, content)
    }

    /// The size of a local blob; nil when it is not there.
    public func blobSize(localReference: String) throws(Fault) -> Int64? {
        try content.size(of: path(localReference))
    }

    /// The content of a local blob; throws `.notFound` when it is not there.
    ///
    /// - Parameter localReference: `sha256:<hex>` or `sha256.<hex>`, whose content is checked while it is read; or the
    ///   plain file name of a legacy `localFilesystemBlob`, for which nothing says what it should be.
    public func openBlob(localReference: String) throws(Fault) -> ByteStream {
        let path = try path(localReference)
        guard let stream = try content.open(path), let size = try content.size(of: path) else {
            throw Fault(
                .notFound, "“\(localReference)” is not in \(name)", fix: "get the archive again from its origin")
        }
        guard let digest = BlobName.digest(FileSystem.lastPart(of: path)) else { return stream }
        return stream.verified(digest: digest, size: size, of: "blob \(digest) in \(name)")
    }

    private func path(_ reference: String) throws(Fault) -> String {
        if let digest = BlobName.digest(reference) { return BlobName.path(digest) }
        if reference.contains(":") { return BlobName.path(try Digest(reference)) }
        guard !reference.isEmpty, reference != ".", reference != "..", !reference.contains("/"),
            !reference.utf8.contains(0)
        else {
            throw Fault(
                .invalid, "“\(reference)” in \(name) cannot be the name of a blob", fix: "refuse this archive")
        }
        return "blobs/\(reference)"
    }
}
