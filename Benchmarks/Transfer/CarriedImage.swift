// SPDX-License-Identifier: Apache-2.0

import Basics

/// An image of 8 large layers of noise: as a layout, in a component version in an archive, and both in a registry.
struct CarriedImage {
    let folder: String
    let layerSize: Int
    private static let layers = 8
    private static let component = ImageCase.component

    private var archive: String { "\(folder)/archive" }
    private var layout: ImagePlace { Self.layout(in: folder) }
    private static func layout(in folder: String) -> ImagePlace { .layout("\(folder)/image", tag: "1.0.0") }
    private func name(on host: String) -> ImagePlace { .registry("\(host)/image:1.0.0") }
    /// The digests of the layers, as their files are named.
    private var files: [String] {
        get throws {
            let blobs = "\(folder)/image/blobs/sha256"
            return try FileSystem.names(in: blobs).map { "\(blobs)/\($0)" }
                .filter { try FileSystem.entry(at: $0)?.size == Int64(layerSize) }
        }
    }

    /// Makes layout and archive, and fills the registry.
    func make(with programs: TransferPrograms, in source: StartedRegistry) async throws {
        try FileSystem.makeFolder(folder)
        try SampleImage.write(to: "\(folder)/image", tag: "1.0.0", layers: Self.layers, layerSize: layerSize)
        try FileSystem.write(Array(ImageCase.constructor.utf8), to: "\(folder)/constructor.yaml")
        try await programs.add("\(folder)/constructor.yaml", to: archive)
        let upload = programs.own("\(archive)//\(Self.component)", options: ["--upload-as", "ociArtifact"]) { _ in
            [source.url]
        }
        let copy = programs.others { _ in [(layout, name(on: source.host))] }.prefix(1)
        for contender in [upload] + copy {
            try await contender.runOnce(in: "\(folder)/place", registry: programs.peers[.registry])
        }
    }

    /// The rows; the registry is the one that `make` filled.
    func rows(_ programs: TransferPrograms, from source: StartedRegistry) throws -> [TransferRow] {
        let size = "\(ByteCount(Int64(Self.layers * layerSize)))"
        let artifact = ["--upload-as", "ociArtifact"]
        let (url, image) = ("\(source.url)//\(Self.component)", name(on: source.host))
        let files = try files
        let limit = Contender(name: "one read, digest and write", work: .code { try DiskLimit.run(files, to: $0) })
        return [
            TransferRow(
                name: "registry to registry, \(size)", sources: [source],
                own: programs.pair(url, targets: 1, options: artifact) { [$0.registry.url] },
                peers: programs.others(targets: 1) { [(image, name(on: $0.registry.host))] }),
            TransferRow(
                name: "registry to archive, \(size)", sources: [source],
                own: programs.pair(url) { ["ctf::\($0.folder)/archive"] },
                peers: programs.others { [(image, Self.layout(in: $0.folder))] } + [limit]),
            TransferRow(
                name: "archive to registry, \(size)",
                own: programs.pair("\(archive)//\(Self.component)", targets: 1, options: artifact) {
                    [$0.registry.url]
                },
                peers: programs.others(targets: 1) { [(layout, name(on: $0.registry.host))] },
                again: "archive to registry, \(size), second run"),
            TransferRow(
                name: "registry to two registries, \(size)", sources: [source],
                own: [programs.own(url, targets: 2, options: artifact) { $0.registries.map(\.url) }],
                peers: programs.others(targets: 2, named: { "\($0) twice" }) { place in
                    place.registries.map { (image, name(on: $0.host)) }
                }
                    + programs.others(targets: 2, atOnce: true, named: { "two \($0) at once" }) { place in
                        place.registries.map { (image, name(on: $0.host)) }
                    }),
        ]
    }
}
