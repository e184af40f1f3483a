// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import Web

extension RegistryClient {
    public func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor {
        let digest = Digest(of: bytes)
        guard bytes.count <= OCIManifest.sizeLimit else {
            throw Fault(
                .limitExceeded,
                "a manifest for \(name)/\(repository) has \(ByteCount(Int64(bytes.count))), more than registries take")
        }
        let descriptor = OCIDescriptor(
            mediaType: MediaType(mediaType).rawValue, digest: digest, size: Int64(bytes.count))
        let manifest = try NamedByManifest(
            OCIManifest(parsing: bytes, mediaType: mediaType, source: "a manifest for \(name)"), descriptor)
        let place = ContentPlace(repository: repository, descriptor)
        return try await pushes.run(.place(place)) { [self] in
            if tag == nil, places.withLock({ $0.holds(place, size: descriptor.size) }) { return descriptor }
            return try await bringing(place, size: descriptor.size) { isAbsent in
                if tag == nil, !isAbsent, try await resolve(digest.description, in: repository) != nil {
                    return descriptor
                }
                try await put(bytes, manifest, descriptor, in: repository, tag: tag)
                return descriptor
            }
        }
    }

    private func put(
        _ bytes: [UInt8], _ manifest: NamedByManifest, _ descriptor: OCIDescriptor, in repository: String, tag: String?
    ) async throws {
        let digest = descriptor.digest
        let request = HTTPRequest(
            method: .put, url: try url("/v2/\(repository)/manifests/\(tag ?? digest.description)"),
            headers: ["Content-Type": descriptor.mediaType], body: .bytes(bytes))
        let response = try await send(request, repository, .push)
        guard response.status == 201 || response.status == 200 else {
            let fault = await fault(response, "writing \(name)/\(repository)\(tag.map { ":\($0)" } ?? "@\(digest)")")
            throw doubting(fault, manifest.children, repository)
        }
        let stated = response.headers["Docker-Content-Digest"].flatMap { try? Digest($0) }
        // Who does not say what was stored may be something else than a registry, which says yes to everything.
        if stated == nil, try await resolve(tag ?? digest.description, in: repository)?.digest != digest {
            throw Fault(
                .mismatch, "\(name)/\(repository) took the manifest \(digest) and does not have it",
                fix: "check that the address is that of a registry")
        }
        if let stored = stated, stored != digest {
            throw Fault(
                .mismatch, "\(name) stored the manifest \(digest) as \(stored)",
                fix: "the registry changes manifests; use another")
        }
        if let subject = manifest.subject, response.headers["OCI-Subject"] == nil {
            try await referrerGate.run { [self] in
                try await enter(manifest.referrer, subject, repository)
            }
        }
    }

    /// What it means that a manifest was refused for want of what it names: the registry said of each that it has it, or
    /// took it. None of that is believed any more.
    private func doubting(_ fault: Fault, _ children: [OCIDescriptor], _ repository: String) -> Fault {
        // Codes of the OCI distribution specification 1.1, “Error codes”.
        guard ["MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN"].contains(where: fault.message.contains) else { return fault }
        places.withLock { places in
            for child in children { places.forget(ContentPlace(repository: repository, child)) }
        }
        return Fault(
            fault.code, "\(fault.message): it lacks a content that it said it has, so nothing was made visible",
            fix: "run it again, which asks anew; when that does not help, the registry is broken or lies")
    }

    /// Notes a referrer under the tag that registries without the referrers API need.
    private func enter(_ referrer: OCIDescriptor, _ subject: Digest, _ repository: String) async throws {
        let tag = ReferrerList.tag(subject)
        var list = ReferrerList()
        if let old = try await resolve(tag, in: repository) {
            let bytes = try await manifest(old.digest, in: repository).bytes
            list = try ReferrerList(parsing: bytes, source: "\(name)/\(repository):\(tag)")
        }
        guard list.add(referrer) else { return }
        _ = try await pushManifest(
            list.encoded(), mediaType: MediaType.imageIndex.rawValue, in: repository, tag: tag)
    }

    public func untag(_ tag: String, in repository: String) async throws {
        let request = HTTPRequest(method: .delete, url: try url("/v2/\(repository)/manifests/\(tag)"))
        let response = try await send(request, repository, .delete)
        guard [200, 202, 404].contains(response.status) else {
            throw await fault(response, "removing \(name)/\(repository):\(tag)")
        }
    }

    public func finish() async throws {}
}

/// What a manifest names and how lists of referrers describe it, without its document: that has some megabytes for
/// thousands of layers, and sending it takes a while.
private struct NamedByManifest {
    let children: [OCIDescriptor]
    let subject: Digest?
    /// The manifest as lists of referrers describe it.
    let referrer: OCIDescriptor

    init(_ manifest: OCIManifest, _ descriptor: OCIDescriptor) {
        (children, subject) = (manifest.children, manifest.subject?.digest)
        referrer = manifest.referrer(descriptor)
    }
}
