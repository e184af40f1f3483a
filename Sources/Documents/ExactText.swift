// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// A text that equals another only when both have the same code points.
///
/// Swift compares strings by canonical equivalence; RFC 8259 section 8.3 compares code points, and so do signatures.
/// The hash covers the bytes, so a document cannot be made of keys that all hash alike.
struct ExactText: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (a: ExactText, b: ExactText) -> Bool { a.text.hasSameScalars(as: b.text) }

    func hash(into hasher: inout Hasher) { text.hashScalars(into: &hasher) }
}
