// SPDX-License-Identifier: Apache-2.0

/// What a target means to a registry.
struct RegistryRoute {
    let stage: RegistryStage
    var repository = ""
    /// `manifests`, `blobs`, `tags` or `referrers`.
    var kind = ""
    /// A tag, a digest, or the name of an upload.
    var reference = ""

    init(_ request: WireRequest) {
        let path = request.path, method = request.method
        if path == "/token" {
            stage = .token
            return
        }
        guard path.hasPrefix("/v2/"), path != "/v2/" else {
            stage = path == "/v2/" ? .ping : .other
            return
        }
        if path == "/v2/_catalog" {
            stage = .catalogue
            return
        }
        let parts = path.dropFirst("/v2/".count).split(separator: "/", omittingEmptySubsequences: false).map(
            String.init)
        guard
            let mark = parts.indices.last(where: {
                ["manifests", "blobs", "tags", "referrers"].contains(parts[$0]) && $0 > 0 && $0 + 1 < parts.count
            })
        else {
            stage = .other
            return
        }
        repository = parts[..<mark].joined(separator: "/")
        kind = parts[mark]
        reference = parts[parts.count - 1]
        let isUpload = kind == "blobs" && parts[mark + 1] == "uploads"
        stage =
            switch (kind, method) {
            case ("blobs", "POST") where isUpload: .beginUpload
            case ("blobs", "GET") where isUpload: .uploadStatus
            case ("blobs", "PATCH") where isUpload: .patchUpload
            case ("blobs", "PUT") where isUpload: .putBlob
            case ("blobs", "HEAD"): .headBlob
            case ("blobs", "GET"): .getBlob
            case ("manifests", "HEAD"): .headManifest
            case ("manifests", "GET"): .getManifest
            case ("manifests", "PUT"): .putManifest
            case ("tags", "GET"): .tags
            case ("referrers", "GET"): .referrers
            default: .other
            }
    }

    /// What a token must allow: `pull` or `push`.
    var access: String {
        switch stage {
        case .beginUpload, .uploadStatus, .patchUpload, .putBlob, .putManifest: "push"
        case .other: "delete"
        default: "pull"
        }
    }
}
