// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents

/// The test data beside the checkout: `$SOVEREIGN_VECTORS`, else `../shared/vectors`.
enum Vectors {
    static let folder: String? = {
        let root = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))
        let usual = FileSystem.join(FileSystem.folder(of: root), "shared/vectors")
        let path = Environment.process["SOVEREIGN_VECTORS"].flatMap { $0.isEmpty ? nil : $0 } ?? usual
        return FileSystem.exists("\(path)/ocm") ? path : nil
    }()
    static var isPresent: Bool { folder != nil }

    static func read(_ path: String) throws -> [UInt8] { try FileSystem.read("\(folder ?? "")/ocm/\(path)", limit: 16 << 20) }
    static func exists(_ path: String) -> Bool { folder.map { FileSystem.exists("\($0)/ocm/\(path)") } ?? false }
}

/// One expected normalisation.
struct NormalisationVector: Sendable, CustomStringConvertible {
    let descriptor: String, expected: String, algorithm: String
    var description: String { "\(expected)" }

    static let all: [NormalisationVector] = {
        guard let folder = Vectors.folder, let names = try? FileSystem.names(in: "\(folder)/ocm/norm") else { return [] }
        var vectors: [NormalisationVector] = []
        for name in names {
            let files = (try? FileSystem.names(in: "\(folder)/ocm/norm/\(name)")) ?? []
            for file in files where file.hasPrefix("expected.") {
                let parts = file.split(separator: ".").map(String.init)
                let base = name == "reference" ? parts[1] : "descriptor"
                let descriptor = files.first { $0 == "\(base).json" || $0 == "\(base).yaml" } ?? ""
                vectors.append(
                    NormalisationVector(
                        descriptor: "norm/\(name)/\(descriptor)", expected: "norm/\(name)/\(file)",
                        algorithm: parts[name == "reference" ? 2 : 1]))
            }
        }
        return vectors
    }()
}
