// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography

/// Images with many small layers, and component versions whose resources are the same bytes.
struct SmallBlobs {
    static let tag = "1.0.0"
    let images: Int
    let layers: Int
    let size: Int
    /// Whether one component holds the blobs of all images; else each has one, and a root refers to all of them.
    let isOneComponent: Bool
    let folder: String

    private static let component = "example.org/benchmark/root:1.0.0"
    private var archive: String { "\(folder)/archive" }
    private var layouts: [ImagePlace] { (0..<images).map { .layout("\(folder)/image-\($0)", tag: Self.tag) } }
    private func names(on host: String) -> [ImagePlace] {
        (0..<images).map { .registry("\(host)/image-\($0):\(Self.tag)") }
    }

    /// Makes images and archive, and fills the registry.
    func make(with programs: TransferPrograms, in source: StartedRegistry) async throws {
        try FileSystem.makeFolder(folder)
        try FileSystem.write(Array(try constructor().utf8), to: "\(folder)/constructor.yaml")
        try await programs.add("\(folder)/constructor.yaml", to: archive)
        let upload = programs.own("\(archive)//\(Self.component)") { _ in [source.url] }
        let copy = programs.others { _ in Array(zip(layouts, names(on: source.host))) }.prefix(1)
        for contender in [upload] + copy {
            try await contender.runOnce(in: "\(folder)/place", registry: programs.peers[.registry])
        }
    }

    /// The rows; the registry is the one that `make` filled.
    func rows(_ programs: TransferPrograms, from source: StartedRegistry) -> [TransferRow] {
        let what =
            isOneComponent
            ? "\(images * layers) blobs of \(ByteCount(Int64(size)))"
            : "\(images) components of \(layers) blobs of \(ByteCount(Int64(size)))"
        let push = TransferRow(
            name: "archive to registry, \(what)",
            own: [programs.own("\(archive)//\(Self.component)", targets: 1) { [$0.registry.url] }],
            peers: programs.others(targets: 1, named: { "\(images) \($0)" }) {
                Array(zip(layouts, names(on: $0.registry.host)))
            }, again: isOneComponent ? nil : "archive to registry, \(what), second run", warms: false)
        guard isOneComponent else { return [push] }
        let carry = TransferRow(
            name: "registry to registry, \(what)", sources: [source],
            own: [programs.own("\(source.url)//\(Self.component)", targets: 1) { [$0.registry.url] }],
            peers: programs.others(targets: 1, named: { "\(images) \($0)" }) {
                Array(zip(names(on: source.host), names(on: $0.registry.host)))
            }, warms: false)
        return [carry, push]
    }

    /// Writes the images and gives the constructor of the components.
    private func constructor() throws -> String {
        var (text, references, all) = ("components:\n", "", "")
        for number in 0..<images {
            let layout = "image-\(number)"
            let digests = try SampleImage.write(
                to: "\(folder)/\(layout)", tag: Self.tag, layers: layers, layerSize: size, seed: UInt64(number + 1))
            let resources = digests.enumerated().map { layer, digest in
                "      - {name: blob-\(number)-\(layer), type: blob, relation: local, "
                    + "input: {type: file, path: ./\(layout)/blobs/sha256/\(digest.hex)}}\n"
            }.joined()
            if isOneComponent {
                all += resources
            } else {
                let name = "part-\(number)"
                text += Self.head(name) + "    resources:\n" + resources
                references +=
                    "      - {name: \(name), componentName: example.org/benchmark/\(name), version: 1.0.0}\n"
            }
        }
        return text + Self.head("root")
            + (isOneComponent ? "    resources:\n" + all : "    componentReferences:\n" + references)
    }

    private static func head(_ name: String) -> String {
        """
          - name: example.org/benchmark/\(name)
            version: 1.0.0
            provider: {name: example.org}

        """
    }
}
