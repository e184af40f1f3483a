// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// How much of a foreign document is accepted.
public struct DocumentLimits: Sendable {
    /// The most bytes of the text; in YAML also the most bytes of text that aliases stand for.
    public var bytes = 64 * 1024 * 1024
    /// How deep arrays and objects may be nested.
    public var depth = 256
    /// The most values in the document; an alias in YAML counts with all it stands for.
    public var nodes = 4_000_000

    /// The limits above.
    public init() {}
    /// The limits above.
    public static let standard = DocumentLimits()

    /// Refuses a text that is too large.
    func check(size: Int, of source: String) throws(Fault) {
        guard size > bytes else { return }
        throw Fault(
            .limitExceeded,
            "\(source) has \(ByteCount(Int64(size))), more than the \(ByteCount(Int64(bytes))) accepted of a document",
            fix: "check that this is the right file, or split it")
    }

    /// What is said of a document with too many values.
    func tooManyNodes(_ place: String) -> Fault {
        Fault(
            .limitExceeded, "\(place): the document holds more than \(nodes) values",
            fix: "split the document; an alias counts with all it stands for")
    }

    /// What is said of a document that is nested too deep.
    func tooDeep(_ place: String) -> Fault {
        Fault(.limitExceeded, "\(place): values are nested deeper than \(depth) levels", fix: "flatten the document")
    }
}
