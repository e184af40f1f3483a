// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Web

/// A Helm chart repository that takes charts.
public struct ChartRepository: Sendable {
    private let url: HTTPURL
    private let connection: PackageConnection

    /// The most bytes of a repository's index; the largest public one has some 20 MiB.
    static let indexLimit = 64 * 1024 * 1024
    /// The most bytes of a provenance file.
    static let provenanceLimit = 1024 * 1024

    /// How a repository takes charts.
    public enum Form: String, Sendable, CaseIterable {
        /// A web server: the chart is put beside the others, and then listed in `index.yaml`.
        case files
        /// ChartMuseum and what speaks its API: the chart is posted, and the server lists it.
        case chartMuseum
    }

    /// A repository at an address.
    public init(_ url: HTTPURL, _ connection: PackageConnection) { (self.url, self.connection) = (url, connection) }

    /// Publishes a packed chart, with its provenance file if there is one.
    ///
    /// The same chart again is no error, another chart of the same version is a `.conflict`. On a web server the list is
    /// changed last, so that it never names what is not there.
    /// - Returns: what came of it, and the chart.
    @discardableResult public func publish(
        _ content: PackageContent, provenance: [UInt8]? = nil, form: Form = .files, time: Timestamp = .now()
    ) async throws -> (outcome: PublishOutcome, chart: PackedChart) {
        let chart = try await PackedChart(reading: content)
        let thing = "Helm chart \(chart.name) \(chart.version)"
        guard provenance?.count ?? 0 <= Self.provenanceLimit else {
            throw Fault(.limitExceeded, "the provenance of \(thing) is larger than \(ByteCount(1024 * 1024))")
        }
        switch form {
        case .chartMuseum: return (try await post(content, provenance, chart, thing), chart)
        case .files: return (try await put(content, provenance, chart, thing, time), chart)
        }
    }

    private func put(
        _ content: PackageContent, _ provenance: [UInt8]?, _ chart: PackedChart, _ thing: String, _ time: Timestamp
    ) async throws -> PublishOutcome {
        let outcome = try await connection.place(
            content, at: address(chart.fileName), .helm, thing: thing, headers: ["Content-Type": "application/gzip"])
        if let provenance {
            _ = try await connection.place(
                PackageContent(provenance), at: address("\(chart.fileName).prov"), .helm,
                thing: "provenance of \(thing)",
                headers: ["Content-Type": "application/pgp-signature"])
        }
        let index = try address("index.yaml")
        _ = try await connection.merge(
            at: index, .helm, mediaType: "application/yaml", limit: Self.indexLimit
        ) { bytes throws(Fault) in
            var list =
                try bytes.map { bytes throws(Fault) in
                    try HelmIndex(parsing: bytes, source: index.redacted)
                } ?? HelmIndex()
            return try list.add(chart, time: time) ? list.encoded() : nil
        }
        return outcome
    }

    private func post(
        _ content: PackageContent, _ provenance: [UInt8]?, _ chart: PackedChart, _ thing: String
    ) async throws -> PublishOutcome {
        // What a server of several repositories has as its path stands behind `/api` there.
        let path = url.path == "/" ? "" : url.path.hasSuffix("/") ? String(url.path.dropLast()) : url.path
        let api = "\(url.scheme)://\(url.authority)/api\(path)"
        let response = try await send(
            to: HTTPURL("\(api)/charts"), content: content, mediaType: "application/gzip")
        var outcome = PublishOutcome.published
        if response.response.status == 409 {
            guard try await holds(chart) else {
                throw Fault(
                    .conflict, "\(thing) is in \(url.redacted) already, with other content",
                    fix: "publish under another version; what was released stays as it is")
            }
            outcome = .alreadyThere
        } else if !(200..<300).contains(response.response.status) {
            throw await PackageConnection.fault(response.response, response.request, thing)
        }
        if let provenance {
            let answer = try await send(
                to: HTTPURL("\(api)/prov"), content: PackageContent(provenance), mediaType: "application/pgp-signature")
            // 409: it is there already.
            guard (200..<300).contains(answer.response.status) || answer.response.status == 409 else {
                throw await PackageConnection.fault(answer.response, answer.request, "provenance of \(thing)")
            }
        }
        return outcome
    }

    private func send(
        to url: HTTPURL, content: PackageContent, mediaType: String
    ) async throws -> (request: HTTPRequest, response: HTTPResponse) {
        let request = HTTPRequest(
            method: .post, url: url, headers: ["Content-Type": mediaType],
            body: .stream(length: content.size, open: content.openToSend))
        return (request, try await connection.send(request, .helm))
    }

    /// Whether the repository lists the chart with the same digest.
    private func holds(_ chart: PackedChart) async throws -> Bool {
        let url = try address("index.yaml")
        guard let found = try await connection.document(url, .helm, limit: Self.indexLimit) else { return false }
        var list = try HelmIndex(parsing: found.bytes, source: url.redacted)
        guard list.entry(of: chart.name, chart.version) != nil else { return false }
        do throws(Fault) { return try !list.add(chart, time: Timestamp(seconds: 0)) } catch { return false }
    }

    private func address(_ name: String) throws(Fault) -> HTTPURL {
        let base = url.redacted.hasSuffix("/") ? String(url.redacted.dropLast()) : url.redacted
        return try HTTPURL("\(base)/\(HTTPURL.encode(name))")
    }
}
