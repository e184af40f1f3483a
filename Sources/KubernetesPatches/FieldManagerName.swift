// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The names of field managers in requests.
public enum FieldManagerName {
    /// The most bytes of a name.
    public static let maximumLength = 128

    /// Checks a name that a client gave. Throws `.invalid` when it is too long or has characters that cannot be
    /// printed; the API server answers 422.
    public static func check(_ name: String) throws(Fault) {
        guard name.utf8.count <= maximumLength else {
            throw Fault(
                .invalid, "fieldManager: may not be more than \(maximumLength) bytes", fix: "choose a shorter name")
        }
        guard name.unicodeScalars.allSatisfy({ isPrintedByGo($0) }) else {
            throw Fault(
                .invalid, "fieldManager: should only contain printable characters", fix: "choose a plain name")
        }
    }

    /// The name of a client that gave none: the first part of its `User-Agent`, without what cannot be printed.
    public static func fromUserAgent(_ userAgent: String) -> String {
        var name = ""
        for scalar in userAgent.prefix(while: { $0 != "/" }).unicodeScalars where isPrintedByGo(scalar) {
            guard name.utf8.count + String(scalar).utf8.count <= maximumLength else { break }
            name.unicodeScalars.append(scalar)
        }
        return name
    }
}
