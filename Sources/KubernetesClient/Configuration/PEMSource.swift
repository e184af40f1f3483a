// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Where certificates or a key come from. What is in memory is never shown.
public enum PEMSource: Hashable, Sendable {
    /// A file, which is read again from time to time, since certificates are replaced.
    case file(String)
    /// The PEM itself.
    case text(SecretText)

    /// The most bytes of certificates and keys.
    static let limit = 1 << 20

    /// The PEM; throws when the file cannot be read.
    func read() throws(Fault) -> String {
        switch self {
        case .file(let path): String(decoding: try FileSystem.read(path, limit: Self.limit), as: UTF8.self)
        case .text(let text): text.value
        }
    }

    /// Whether it may change while the program runs.
    var isFile: Bool { if case .file = self { true } else { false } }
}
