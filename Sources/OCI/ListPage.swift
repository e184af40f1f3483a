// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// One page of a list of tags or repositories (OCI distribution specification 1.1, “Listing Tags”).
enum ListPage {
    /// The entries under a key. An empty list may be `null` or left out, but an answer of another shape is no list.
    static func entries(_ key: String, _ bytes: [UInt8], of thing: String) throws(Fault) -> [JSON] {
        let json = try JSON(parsing: bytes, source: thing)
        switch json[key] {
        case .array(let entries): return entries
        case .null: return []
        case nil where json["name"] != nil: return []
        default:
            throw Fault(
                .invalid, "\(thing) are not listed: the answer has no list “\(key)”",
                fix: "check that the address is that of a registry")
        }
    }
}
