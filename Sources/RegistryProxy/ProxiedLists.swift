// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Registry

/// A list of another registry.
public struct ProxiedList<Element: Sendable>: Sendable {
    /// What is in it.
    public let elements: [Element]
    /// For lists whose upstream could not be asked: since when in seconds it is not known whether they have changed; 0 when
    /// nobody has asked since the start.
    public let staleFor: Int64?

    /// A list.
    public init(elements: [Element], staleFor: Int64?) { (self.elements, self.staleFor) = (elements, staleFor) }
}

/// The lists that upstreams gave last, as many as there is room for.
final class ProxiedLists: Sendable {
    enum Content: Sendable {
        case tags([String])
        case referrers([JSON])

        /// About how many bytes it takes.
        var weight: Int {
            switch self {
            case .tags(let tags): tags.reduce(100) { $0 + $1.utf8.count + 32 }
            // A document takes several times the bytes that it is written with.
            case .referrers(let manifests): manifests.reduce(100) { $0 + $1.encoded().count * 4 }
            }
        }
    }
    private struct Entry: Sendable { let content: Content, weight: Int }
    private let table: Guarded<BoundedTable<String, Entry>>

    /// - Parameter limit: how many bytes may be kept.
    init(limit: Int) { table = Guarded(BoundedTable(limit: limit) { $0.weight }) }

    /// About how many bytes are kept.
    var weight: Int { table.withLock { $0.weight } }

    func find(_ key: String) -> Content? { table.withLock { $0.find(key)?.content } }

    func set(_ key: String, to content: Content) {
        let entry = Entry(content: content, weight: content.weight + key.utf8.count)
        table.withLock { $0.set(key, to: entry) }
    }
}
