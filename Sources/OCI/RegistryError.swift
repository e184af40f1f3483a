// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// What a registry says about a failure (OCI distribution specification 1.1, “Error Codes”).
enum RegistryError {
    /// The first codes of a body with their messages, for people; empty when it says nothing of the kind.
    ///
    /// Without control characters: whoever shows it must not be steered by it. At most some 800 characters.
    static func text(_ body: [UInt8]) -> String {
        let errors = (try? JSON(parsing: body, source: "an error"))?["errors"]?.array ?? []
        return errors.prefix(3).compactMap { error in
            error["code"]?.string.map { code in
                let message = error["message"]?.string.map { ": \(prefix($0, 200))" } ?? ""
                return prefix(code, 60) + message
            }
        }.joined(separator: "; ")
    }

    /// Scalars and not characters: one of those may be made of thousands.
    private static func prefix(_ text: String, _ count: Int) -> String {
        let shown = text.unicodeScalars.prefix(count).filter { $0.properties.generalCategory != .control }
        return String(String.UnicodeScalarView(shown))
    }
}
