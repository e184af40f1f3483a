// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
internal import Web

/// A chart in a chart repository: over HTTP by its `index.yaml`, or in a registry as an OCI artifact.
struct HelmAccess: Sendable {
    let repository: String
    let chart: String?
    let version: String?
    let thing: String

    /// The most bytes of a repository's index; the largest public one has some 20 MiB.
    static let indexLimit = 64 * 1024 * 1024
    /// Whose credentials fit a chart repository.
    private static let consumers = ["HelmChartRepository", "Wget"]

    init(repository: String, chart: String?, version: String?, thing: String) {
        let parts = chart?.split(separator: ":", maxSplits: 1).map(String.init) ?? []
        self.repository = repository
        self.chart = parts.first
        self.version = parts.count > 1 ? parts[1] : version
        self.thing = thing
    }

    init(_ access: TypedSpecification, thing: String) throws(Fault) {
        let json = access.json
        guard let repository = json["helmRepository"]?.string, !repository.isEmpty else {
            throw Fault(
                .invalid, "the access of \(thing) has no “helmRepository”", fix: "add the chart repository's URL")
        }
        self.init(
            repository: repository, chart: json["helmChart"]?.string, version: json["version"]?.string, thing: thing)
    }

    func content(_ connections: RepositoryConnections) async throws -> ResourceContent {
        if repository.hasPrefix("oci://") {
            var text = String(repository.dropFirst("oci://".count))
            if let chart { text += "/\(chart)" }
            if let version { text += ":\(version.replacing("+", with: "_"))" }
            return .artifact(try await connections.artifact(ImageReference(text), thing: thing))
        }
        let base = repository.hasSuffix("/") ? String(repository.dropLast()) : repository
        if base.hasSuffix(".tgz") {
            let url = try HTTPURL(base)
            return .blob(packed(url, digest: nil, connections))
        }
        let (url, digest) = try await find(in: base, connections)
        return .blob(packed(url, digest: digest, connections))
    }

    private func packed(_ url: HTTPURL, digest: Digest?, _ connections: RepositoryConnections) -> BlobContent {
        let thing = thing
        return BlobContent(mediaType: HelmChart.contentType, digest: digest) {
            let stream = try await connections.download(
                HTTPRequest(method: .get, url: url), thing: thing, followingRedirects: true,
                limit: Int64(HelmChart.sizeLimit), consumers: Self.consumers)
            guard let digest else { return stream }
            return stream.verified(digest: digest, size: nil, of: thing)
        }
    }

    /// The most bytes of a provenance file.
    private static let provenanceLimit = 1024 * 1024

    fileprivate func provenance(_ connections: RepositoryConnections) async throws -> BlobContent? {
        guard !repository.hasPrefix("oci://") else { return nil }
        let base = repository.hasSuffix("/") ? String(repository.dropLast()) : repository
        var chart = base.hasSuffix(".tgz") ? try HTTPURL(base) : try await find(in: base, connections).0
        chart = try HTTPURL("\(chart.redacted).prov" + (chart.query.map { "?\($0)" } ?? ""))
        do {
            let stream = try await connections.download(
                HTTPRequest(method: .get, url: chart), thing: thing, followingRedirects: true,
                limit: Int64(Self.provenanceLimit), consumers: Self.consumers)
            let bytes = try await stream.collect(limit: Self.provenanceLimit, of: chart.redacted)
            return BlobContent(mediaType: "application/pgp-signature", bytes: bytes)
        } catch let fault as Fault where fault.code == .notFound { return nil }
    }

    private func find(in base: String, _ connections: RepositoryConnections) async throws -> (HTTPURL, Digest?) {
        guard let chart else {
            throw Fault(.invalid, "the access of \(thing) has no “helmChart”", fix: "add it as NAME:VERSION")
        }
        let index = try HTTPURL("\(base)/index.yaml")
        let stream = try await connections.download(
            HTTPRequest(method: .get, url: index), thing: thing, followingRedirects: true,
            limit: Int64(Self.indexLimit), consumers: Self.consumers)
        let bytes = try await stream.collect(limit: Self.indexLimit, of: index.redacted)
        let entries = try YAML.document(bytes, source: index.redacted).root["entries"]?[chart]?.array ?? []
        let wanted = entries.filter { entry in
            guard let version else { return true }
            let found = entry["version"].flatMap { $0.string ?? $0.numberText }
            return found == version
        }
        guard let entry = wanted.first, let address = entry["urls"]?[0]?.string else {
            throw Fault(
                .notFound, "\(thing): \(index.redacted) has no chart \(chart)\(version.map { " \($0)" } ?? "")",
                fix: "check the chart's name and version")
        }
        let digest = try entry["digest"]?.string.map { text throws(Fault) in
            try Digest(text.contains(":") ? text : "sha256:\(text)")
        }
        return (try index.resolving(address), digest)
    }
}

extension RepositoryConnections {
    /// The provenance file of a chart in a chart repository over HTTP; nil when there is none, and for charts that are
    /// OCI artifacts, which hold it as a layer.
    public func chartProvenance(of access: TypedSpecification, thing: String) async throws -> BlobContent? {
        try await HelmAccess(access, thing: thing).provenance(self)
    }
}
