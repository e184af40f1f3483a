// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// The next page of a list, as the `Link` fields of an answer name it (RFC 8288).
enum PageLink {
    /// The target of the first link whose relation is `next`; nil when there is none.
    static func next(_ fields: [String]) -> String? {
        for field in fields {
            var rest = field[...]
            while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
                let target = rest[rest.index(after: open)..<close]
                rest = rest[close...].dropFirst()
                let parameters = rest[..<(rest.firstIndex(of: "<") ?? rest.endIndex)].lowercased().filter { $0 != " " }
                if ["rel=\"next\"", "rel=next"].contains(where: { parameters.contains($0) }) { return String(target) }
            }
        }
        return nil
    }
}
