// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents

/// The folder with vectors of other implementations, when this machine has it.
let vectorFolder: String? = {
    let root = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
    let path = Environment.process["SOVEREIGN_VECTORS"] ?? "/\(root)/../shared/vectors"
    return FileSystem.isFolder("\(path)/ocm/norm") ? "\(path)/ocm" : nil
}()

func vector(_ path: String) throws -> [UInt8] {
    try FileSystem.read("\(vectorFolder ?? "")/\(path)", limit: 16 << 20)
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// What `body` fails with; nil when it does not.
func failure(_ body: () throws -> Void) -> Fault? {
    do { try body() } catch { return Fault(wrapping: error) }
    return nil
}

func parse(_ text: String) throws(Fault) -> ComponentDescriptor {
    try ComponentDescriptor(parsing: Array(text.utf8), source: "cd")
}

/// A descriptor of schema v2 with these members of `component` beside name, version and provider.
func descriptor(_ more: String = "", top: String = "") throws(Fault) -> ComponentDescriptor {
    try parse(
        #"{"meta":{"schemaVersion":"v2"},"component":{"name":"test.de/x","version":"v1","provider":"p"\#(more)}\#(top)}"#
    )
}

/// A resource without digest, as JSON text.
func resource(_ name: String, version: String = "1.0.0", more: String = "") -> String {
    #"{"name":"\#(name)","version":"\#(version)","type":"blob","relation":"local","access":{"type":"wget","url":"u"}\#(more)}"#
}

/// Keys that are made once per run.
enum TestKeys {
    static let rsa = Result { try PrivateKey.generate(.rsa(bits: 2048)) }
    static let other = Result { try PrivateKey.generate(.rsa(bits: 2048)) }
    static let p256 = Result { try PrivateKey.generate(.ecdsaP256) }
    static let p384 = Result { try PrivateKey.generate(.ecdsaP384) }
    static let ed25519 = Result { try PrivateKey.generate(.ed25519) }

    static func key(for scheme: SignatureScheme) throws -> PrivateKey {
        switch scheme {
        case .rsaPSS, .rsaPKCS1v15: try rsa.get()
        case .ecdsaP256: try p256.get()
        case .ecdsaP384: try p384.get()
        case .ed25519: try ed25519.get()
        }
    }
}
