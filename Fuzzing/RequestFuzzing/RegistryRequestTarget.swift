// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

@testable internal import Registry
@testable internal import RegistryServer
@testable internal import WebServer

/// Reads what clients of a registry send: the first byte picks who reads the rest.
///
/// What has to hold, beyond not crashing: no path leads upwards, no range beyond what there is, no name is one that the
/// grammar does not have, and what one reader takes for a manifest is one thing only.
public enum RegistryRequestTarget {
    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 65_536 else { return }
        let rest = Array(bytes.dropFirst())
        let text = String(decoding: rest, as: UTF8.self)
        switch first % 6 {
        case 0: target(rest)
        case 1: endpoint(text)
        case 2: range(text)
        case 3:
            guard let range = UploadRange(text) else { return }
            precondition(range.count > 0 && range.first >= 0, "a range of nothing")
        case 4: manifest(rest)
        default:
            guard let document = try? YAML.document(rest, source: "it") else { return }
            let settings = try? RegistryConfiguration(document, folder: "/")
            precondition(settings?.limits.manifestBytes ?? 4 << 20 >= 4 << 20, "a limit that was not asked for")
        }
    }

    private static func target(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { buffer in
            guard let target = RequestTarget(buffer) else { return }
            let segments = target.path.split(separator: "/", omittingEmptySubsequences: false)
            precondition(target.path.hasPrefix("/") && !target.path.utf8.contains(0), "no path")
            precondition(!segments.contains("..") && !segments.contains("."), "a path that leads elsewhere")
        }
    }

    private static func endpoint(_ path: String) {
        guard let endpoint = RegistryEndpoint(path) else { return }
        guard let name = try? RepositoryName(String(endpoint.name)) else { return }
        precondition(
            !name.description.contains("..") && !name.description.hasPrefix("/"), "a name that leads elsewhere")
        if endpoint.kind == .manifest, case .tag(let tag)? = try? ManifestReference(String(endpoint.reference)) {
            precondition(!tag.contains("/") && tag != "." && tag != "..", "a tag that leads elsewhere")
        }
    }

    private static func range(_ text: String) {
        for size in [0, 1, 12, Int64.max] {
            if case .part(let range) = ByteRange(text, size: size) {
                precondition(
                    range.lowerBound >= 0 && range.upperBound <= size && !range.isEmpty, "a part that is not there")
            }
        }
    }

    private static func manifest(_ bytes: [UInt8]) {
        for type in [nil, "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json"] {
            guard let details = try? ManifestDetails(parsing: bytes, mediaType: type) else { continue }
            precondition(type == nil || details.mediaType == type, "another type than it was sent as")
            precondition(
                details.isIndex == details.mediaType.contains("index") || !details.mediaType.contains("oci"),
                "two things")
        }
    }
}
