// SPDX-License-Identifier: Apache-2.0

/// The version of this program.
enum Version {
    /// Semantic version of the release.
    static let text = "0.1.0"

    /// The language version of the compiler that built it.
    static var compiler: String {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
