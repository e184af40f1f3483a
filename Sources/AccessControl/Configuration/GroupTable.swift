// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Which groups users belong to: `group: [user, …]`.
struct GroupTable: Sendable {
    static let sizeLimit = 8 * 1024 * 1024
    static let groupLimit = 10_000
    static let memberLimit = 100_000

    private let groups: [String: Set<String>]

    init() { groups = [:] }

    init(_ node: ConfigurationNode) throws(Fault) {
        var groups: [String: Set<String>] = [:]
        for (group, list) in try node.members(limit: Self.groupLimit) {
            guard Identity.isName(group) else {
                throw list.fault("no group can have this name", fix: "use 1 to 255 bytes without control characters")
            }
            for item in try list.elements(limit: Self.memberLimit) {
                let user = try item.identityName()
                groups[user, default: []].insert(group)
                guard groups[user]?.count ?? 0 <= Identity.groupLimit else {
                    throw item.fault("“\(user)” is in more than \(Identity.groupLimit) groups", fix: "use fewer groups")
                }
            }
        }
        self.groups = groups
    }

    /// Reads a file of groups in YAML or JSON.
    init(parsing bytes: [UInt8], source: String) throws(Fault) {
        var limits = DocumentLimits()
        (limits.bytes, limits.depth) = (Self.sizeLimit, 8)
        let document = try YAML.document(bytes, source: source, limits: limits)
        guard document.root != .null else {
            self.init()
            return
        }
        try self.init(ConfigurationNode(document))
    }

    /// The groups of a user.
    func groups(of user: String) -> Set<String> { groups[user] ?? [] }
}
