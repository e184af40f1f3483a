// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Changes files of one kind.
public protocol FileLocalizer: Sendable {
    /// The files that it is for when nobody says which.
    var defaultFiles: [PathPattern] { get }
    /// Changes one file, and says which of its rules fitted something.
    func localize(_ editor: inout DocumentEditor) throws(Fault) -> Set<Int>
    /// Throws when a rule fitted nothing in all files together.
    func check(used: Set<Int>) throws(Fault)
}

extension PathPattern {
    /// A pattern that is known to be one.
    static func known(_ texts: String...) -> [PathPattern] { texts.compactMap { try? PathPattern($0) } }
}
