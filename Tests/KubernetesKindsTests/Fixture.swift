// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import KubernetesKinds

/// Files beside the tests.
enum Fixture {
    /// Objects that kubectl made, by the name of the file with their protobuf form.
    static let requests: [(name: String, json: JSON)] = {
        guard let json = try? JSON(parsing: bytes("requests.json"), source: "requests.json") else { return [] }
        return json.object?.map { (name: $0.key, json: $0.value) } ?? []
    }()

    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        return try FileSystem.read("/\(folder)/Fixtures/\(name)", limit: 1 << 20)
    }
}

/// Writes protobuf, for what no client of ours sends.
enum Message {
    /// An object in its envelope.
    static func object(_ apiVersion: String, _ kind: String, _ message: [UInt8]) -> [UInt8] {
        Array("k8s\0".utf8) + .message(1, .text(1, apiVersion) + .text(2, kind)) + .field(2, message)
    }
}

extension [UInt8] {
    static func varint(_ number: Int, _ value: UInt64) -> [UInt8] { varint(UInt64(number) << 3) + varint(value) }
    static func text(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
    static func message(_ number: Int, _ message: [UInt8]) -> [UInt8] { field(number, message) }
    static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        varint(UInt64(number) << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
