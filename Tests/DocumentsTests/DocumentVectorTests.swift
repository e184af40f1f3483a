// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

/// The documents among the vectors of other implementations; empty when this machine does not have them.
private let vectorDocuments: [String] = {
    let root = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
    let folder = (Environment.process["SOVEREIGN_VECTORS"] ?? "/\(root)/../shared/vectors") + "/ocm"
    func documents(_ folder: String) -> [String] {
        ((try? FileSystem.names(in: folder)) ?? []).flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            if FileSystem.isFolder(path) { return documents(path) }
            return name.hasSuffix(".json") || name.hasSuffix(".yaml") ? [path] : []
        }
    }
    return documents(folder).sorted()
}()

@Suite(
    "Documents of other implementations", .enabled(if: !vectorDocuments.isEmpty, "the vectors are not on this machine"))
struct DocumentVectorTests {
    @Test("are there in both formats") func counts() {
        #expect(vectorDocuments.count { $0.hasSuffix(".json") } >= 10)
        #expect(vectorDocuments.count { $0.hasSuffix(".yaml") } >= 10)
    }

    @Test("read alike as JSON and as YAML, and are written back the same", arguments: vectorDocuments)
    func agree(path: String) throws {
        let bytes = try FileSystem.read(path, limit: 16 << 20)
        let values = try YAML.documents(bytes, source: path).map(\.root)
        #expect(!values.isEmpty)
        if path.hasSuffix(".json") {
            #expect(try [JSON(parsing: bytes, source: path)] == values)
            #expect(try YAML.document(Array("---\n".utf8) + bytes, source: path).root == values[0], "by libyaml, too")
        }
        for value in values {
            #expect(try json(value.text()) == value)
            #expect(try yaml("---\n" + value.pretty()) == value)
            #expect(try yaml(YAML.text(value)) == value)
        }
    }
}
