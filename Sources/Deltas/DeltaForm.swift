// SPDX-License-Identifier: Apache-2.0

/// What of a blob a delta describes, or copies from.
public enum DeltaForm: String, Sendable {
    /// Its bytes.
    case bytes
    /// What is inside, of a gzip.
    case content
    /// What its compressor decided, of a gzip: literals, matches and blocks.
    case tokens

    /// The header's name for how many bytes that are; nil when it is the blob's size.
    var sizeKey: String? {
        switch self {
        case .bytes: nil
        case .content: "expandedSize"
        case .tokens: "tokensSize"
        }
    }
}
