// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI

/// `helm`: a chart folder, a packed chart, or a chart of a chart repository, carried as the OCI artifact that Helm pulls.
struct HelmInput {
    let path: String?
    let chartRepository: String?
    let version: String?
    let repository: String?
    let files: InputFiles
    let fields: InputFields

    init(_ fields: InputFields, _ files: InputFiles) throws(Fault) {
        try fields.allow(["path", "helmRepository", "version", "repository", "caCert", "caCertFile"])
        path = try fields.text("path")
        chartRepository = try fields.text("helmRepository")
        version = try fields.text("version")
        repository = try fields.text("repository")
        (self.files, self.fields) = (files, fields)
    }

    func content(
        _ connections: RepositoryConnections, component: ComponentVersionIdentity
    ) async throws -> InputMethods.Result {
        if let chartRepository {
            let access = HelmAccess(repository: chartRepository, chart: path, version: version, thing: fields.thing)
            switch try await access.content(connections) {
            case .artifact(let artifact):
                return InputMethods.Result(content: .artifact(artifact), referenceName: repository)
            case .blob(let blob):
                let bytes = try await blob.open().collect(
                    limit: HelmChart.sizeLimit, of: "the chart of \(fields.thing)")
                return try await result(HelmChart(packed: bytes, source: chartRepository), component)
            }
        }
        let real = try files.resolve(fields.required("path"), for: fields.thing)
        let chart =
            FileSystem.isFolder(real)
            ? try await HelmChart(folder: real, files: files, thing: fields.thing)
            : try await HelmChart(packed: FileSystem.read(real, limit: HelmChart.sizeLimit), source: real)
        return try await result(chart, component)
    }

    private func result(_ chart: HelmChart, _ component: ComponentVersionIdentity) async throws -> InputMethods.Result {
        let store = MemoryStore(name: "chart \(chart.name)")
        let root = try await chart.push(to: store, repository: "chart")
        let tag = chart.version.replacing("+", with: "_")
        let name = repository ?? "\(component.name)/\(chart.name):\(tag)"
        return InputMethods.Result(
            content: .artifact(ArtifactContent(store: store, repository: "chart", root: root)),
            referenceName: FileSystem.lastPart(of: name).contains(":") ? name : "\(name):\(tag)")
    }
}
