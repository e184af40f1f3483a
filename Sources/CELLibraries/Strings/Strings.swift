// SPDX-License-Identifier: Apache-2.0

public import CEL

extension Library {
    /// Functions of strings: `charAt`, `indexOf`, `lastIndexOf`, `join`, `lowerAscii`, `upperAscii`, `replace`, `split`,
    /// `substring`, `trim`; from version 1 on `format` and `strings.quote`, from version 3 on `reverse`.
    ///
    /// Positions count code points. A position outside of a text is an error, as cel-spec wants it of `indexOf` and
    /// `lastIndexOf` too; only an empty text is found at the end then, as cel-go has it.
    ///
    /// - Parameter version: as cel-go counts; from 4 on `format` follows cel-spec, before it writes as cel-go did
    ///   for the locale en-US.
    public static func strings(version: Int = 4) -> Library {
        var functions = [
            StringFunctions.charAt, StringFunctions.indexOf, StringFunctions.lastIndexOf, StringFunctions.join,
            StringFunctions.lowerAscii, StringFunctions.upperAscii, StringFunctions.replace, StringFunctions.split,
            StringFunctions.substring, StringFunctions.trim,
        ]
        if version >= 1 {
            functions += [version >= 4 ? StringFunctions.format : StringFunctions.olderFormat, StringFunctions.quote]
        }
        if version >= 3 { functions.append(StringFunctions.reverse) }
        return Library("strings", functions: functions)
    }
}

/// The functions of `Library.strings`.
enum StringFunctions {}
